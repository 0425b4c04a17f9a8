// Any bytes as a log, for fixed rules that use every part of the scanner: the
// interpreter on the whole log, the interpreter on pieces and machine code on
// other pieces must answer the same. The first byte says how large pieces are.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/driver/pipeline.h"
#include "compiler/driver/tiers.h"
#include "dsl/parse/parser.h"
#include "runtime/base/check.h"
#include "runtime/report/report.h"
#include "runtime/scan/file_scanner.h"
#include "runtime/verdict/correlate.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace telltale {
namespace {

constexpr std::string_view kRules = R"(
taxonomy t {
  symptom { Crash { OOM Other } Hang { Start } }
  cause { Memory }
  stage { Train { Step } }
  outcome { Finished Interrupted }
}
source s
  prefix ^"{rank:int}: " | ^"[rank{rank:int}]: "
  line ^"[{time:time}] {level:(INFO|ERROR)} {msg}" | ^"{time:time} {msg}"
     | ^"{msg}"
  drop ^"noise"
  run ^"start"
  key rank up to 4
  clock time
block tb
  open "Traceback (most recent call last):"$
  body ^"  {*}"
  close ^"{exc:/[\w.]+/}: {what}" | ^"{exc:/[\w.]+/}"$
  max 6 lines
sig error in tb ^"ValueError" & "model.py"
  hit "Traceback (most recent call last):\n  model.py\nValueError: x"
sig oom: Crash.OOM, Memory "oom {n:bytes}"iw where n > 1KiB
  explains wrap for run note "{n}" hit "oom 2 MiB"
sig wrap: Crash.Other ^"exit {c:int}"$ role cascade hit "exit 1"
sig bad: Crash.Other "error" & !"no error" where level == "ERROR"
  hit "[2026-01-02 03:04:05] ERROR error"
sig took "took {d:duration} at {x:float}{*}end" | "took {d:duration}"
  hit "took 5ms at 0.5 end"
sig any_digit /[0-9]{3}x/ hit "123x"
sig short "z{a:int?}" hit "z1"
sig step: Train.Step "step {i:int}" clears wrap hit "step 1"
sig done: Finished "done" hit "done"
stage Train from step to done
rule stuck: Hang.Start when step -> no step for 1m or eof by rank
rule pair when a: step -> b: step where a.i == b.i within run
rule ranks when oom from 2+ rank within stream
rule both when took & short within 5 lines
rule middle when wrap during Train
rule never when no done for run or eof
)";

// Built once; a program and its tiers do not change.
struct Fixed {
  driver::Compilation compilation;
  std::unique_ptr<driver::TierMatcher> interpreted;
  std::unique_ptr<driver::TierMatcher> native;

  Fixed() {
    const SourceId id =
        compilation.sources.Add("rules.tell", std::string(kRules));
    compilation.files.push_back(
        Parse(compilation.sources, id, compilation.diags));
    compilation.uses.emplace_back();  // `use` finds nothing
    driver::CheckAndLower(&compilation);
    TT_CHECK(!compilation.diags.has_errors(), "the rules compile");
    interpreted = driver::MakeInterpreted(compilation.program);
    auto made = driver::MakeNative(compilation.program, scan::DetectIsa());
    TT_CHECK(made.has_value(), "this machine runs machine code");
    native = std::move(*made);
  }
};

std::string Answer(const Fixed& fixed, const driver::TierMatcher& tier,
                   std::string_view log, size_t piece) {
  const scan::Engine engine(fixed.compilation.program, tier.matcher(),
                            scan::DetectIsa());
  scan::Scratch scratch(fixed.compilation.program);
  scan::FileScanner scanner(engine, &scratch, "a.log", 0, {});
  for (size_t at = 0; at < log.size(); at += piece) {
    // A buffer of its own, so that a read beyond a piece is caught.
    const std::string_view view = log.substr(at, piece);
    const std::vector<char> bytes(view.begin(), view.end());
    scanner.Chunk({bytes.data(), bytes.size()});
  }
  std::vector<report::Stream> streams(1);
  streams[0].files.push_back(scanner.Finish());
  verdict::Timeline timeline = verdict::MergeFiles(&streams[0].files, 1970);
  verdict::Correlate(engine, &timeline);
  streams[0].verdict = verdict::Judge(engine, timeline);
  std::string out =
      report::WhyJson(engine, streams, {report::RunChoice::Kind::All, 0});
  for (const verdict::Occurrence& occurrence : timeline.occurrences) {
    out += report::EventJson(engine, streams[0].files[0], timeline, occurrence);
  }
  return out;
}

}  // namespace
}  // namespace telltale

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace telltale;
  static const Fixed fixed;
  if (size == 0) {
    return 0;
  }
  const size_t piece = 1 + data[0] % 96u;
  const std::string_view log(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string whole =
      Answer(fixed, *fixed.interpreted, log, std::max<size_t>(log.size(), 1));
  TT_CHECK(Answer(fixed, *fixed.interpreted, log, piece) == whole,
           "the size of the pieces does not matter");
  TT_CHECK(Answer(fixed, *fixed.native, log, piece * 7) == whole,
           "the tier does not matter");
  return 0;
}
