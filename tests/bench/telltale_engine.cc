#include <fmt/format.h>

#include "compiler/driver/pipeline.h"
#include "compiler/driver/tiers.h"
#include "dsl/diag/render.h"
#include "dsl/parse/parser.h"
#include "runtime/input/lines.h"
#include "runtime/scan/engine.h"
#include "runtime/scan/file_scanner.h"
#include "tests/bench/corpus.h"
#include "tests/bench/engine.h"

namespace telltale::bench {

namespace {

// The headers of the corpus, so that records are processed as those of a real
// log: prefixes and header are cut off, rank and host are fields, time is kept.
constexpr std::string_view kSource = R"~(source corpus
  prefix ^"{rank:int}: " | ^"[rank{rank:int}]: " | ^"[rank{rank:int}]:"
       | ^"({proc:/[\w.:-]+/} pid={pid:int}) "
  line   ^"{level:(INFO|WARNING|ERROR)} {time:time} [{file:path}:{at:int}] {msg}"
       | ^"[{time:time} TP{rank:int}] {msg}"
       | ^"[{time:time}] [{level:(INFO|WARNING|ERROR)}] [{file:path}:{at:int}:{func:word}] {msg}"
       | ^"[{time:time}] {msg}"
       | ^"{time:/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/} {msg}"
       | ^"{time:/[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d/} {host:word} {proc:/[\w.-]+(?:\[\d+\])?:/} {msg}"
       | ^"{msg}"
  key    rank up to 8192, host up to 1024
  clock  time

)~";

std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out.push_back('\\');
    }
    out.push_back(c);
  }
  return out + "\"";
}

class Telltale : public Engine {
 public:
  explicit Telltale(const TelltaleOptions& options) : options_(options) {}

  [[nodiscard]] std::string name() const override {
    using Work = TelltaleOptions::Work;
    const bool jit = options_.tier == TelltaleOptions::Tier::Jit;
    std::string name;
    switch (options_.work) {
      case Work::Full:
        name = jit ? "telltale-jit" : "telltale-vm";
        break;
      case Work::Plain:
        name = jit ? "telltale-jit-plain" : "telltale-vm-plain";
        break;
      case Work::Grams:
        name = "telltale-grams";
        break;
      case Work::Newlines:
        return "telltale-newlines";
    }
    if (options_.isa != scan::DetectIsa()) {
      name += "@" + std::string(scan::IsaName(options_.isa));
    }
    return name;
  }

  [[nodiscard]] std::string about() const override {
    using Work = TelltaleOptions::Work;
    switch (options_.work) {
      case Work::Full:
        return fmt::format(
            "FileScanner, 1 MiB chunks: headers, fields, time, "
            "events with values; {}",
            scan::IsaName(options_.isa));
      case Work::Plain:
        return fmt::format("the same without a source, so without headers; {}",
                           scan::IsaName(options_.isa));
      case Work::Grams:
        return fmt::format("a part: the prefilter alone; {}",
                           scan::IsaName(options_.isa));
      case Work::Newlines:
        return "a part: counting line ends alone";
    }
    return "";
  }

  [[nodiscard]] bool gives_pairs() const override {
    return options_.work == TelltaleOptions::Work::Full ||
           options_.work == TelltaleOptions::Work::Plain;
  }

  Result<void> Compile(std::span<const Pattern> patterns) override {
    const bool source = options_.work == TelltaleOptions::Work::Full;
    auto compiled = CompileRules(patterns, source);
    if (!compiled.has_value()) {
      return Fail(compiled.error().message);
    }
    compilation_ = std::move(*compiled);
    const vm::Program& program = compilation_->program;
    const auto tier = options_.tier == TelltaleOptions::Tier::Jit
                          ? driver::Tier::Jit
                          : driver::Tier::Interpreter;
    auto made = driver::MakeMatcher(program, tier, options_.isa);
    if (!made.has_value()) {
      return Fail("telltale: " + made.error().message);
    }
    tier_ = std::move(*made);
    engine_ =
        std::make_unique<scan::Engine>(program, tier_->matcher(), options_.isa);
    scratch_ = std::make_unique<scan::Scratch>(program);
    for (const vm::Signature& signature : program.signatures) {
      for (uint32_t k = 0; k < patterns.size(); ++k) {
        if (patterns[k].name == signature.meaning.name) {
          pattern_of_.push_back(k);
        }
      }
    }
    return {};
  }

  Result<void> Scan(std::string_view text, std::vector<Pair>* pairs) override {
    switch (options_.work) {
      case TelltaleOptions::Work::Full:
      case TelltaleOptions::Work::Plain:
        ScanFile(text, pairs);
        break;
      case TelltaleOptions::Work::Grams:
        for (size_t at = 0; at < text.size(); at += kBlock) {
          scratch_->hits.clear();
          engine_->prefilter().Find(text.substr(at, kBlock), options_.isa,
                                    &scratch_->hits);
          counted_ += scratch_->hits.size();
        }
        break;
      case TelltaleOptions::Work::Newlines:
        counted_ += input::CountNewlines(text);
        break;
    }
    return {};
  }

 private:
  static Result<std::unique_ptr<driver::Compilation>> CompileRules(
      std::span<const Pattern> patterns, bool source) {
    auto compilation = std::make_unique<driver::Compilation>();
    const SourceId id =
        compilation->sources.Add("bench.tell", RulesFor(patterns, source));
    compilation->files.push_back(
        Parse(compilation->sources, id, compilation->diags));
    compilation->uses.emplace_back();
    if (!compilation->diags.has_errors()) {
      driver::CheckAndLower(compilation.get());
    }
    if (compilation->diags.has_errors()) {
      return Fail(RenderText(compilation->sources,
                             compilation->diags.TakeSorted(), {}));
    }
    return compilation;
  }

  void ScanFile(std::string_view text, std::vector<Pair>* pairs) {
    scan::FileScanner scanner(*engine_, scratch_.get(), "corpus.log", 0,
                              vm::SourceId());
    for (size_t at = 0; at < text.size(); at += kBlock) {
      scanner.Chunk(text.substr(at, kBlock));
    }
    const scan::FileScan file = scanner.Finish();
    for (const scan::Event& event : file.events) {
      pairs->push_back({event.line, pattern_of_[event.type.index()]});
    }
  }

  TelltaleOptions options_;
  std::unique_ptr<driver::Compilation> compilation_;
  std::unique_ptr<driver::TierMatcher> tier_;
  std::unique_ptr<scan::Engine> engine_;
  std::unique_ptr<scan::Scratch> scratch_;
  std::vector<uint32_t> pattern_of_;  // by signature
  size_t counted_ = 0;                // keeps the parts from being left out
};

}  // namespace

std::string RulesFor(std::span<const Pattern> patterns, bool source) {
  std::string rules(source ? kSource : "");
  for (const Pattern& pattern : patterns) {
    rules += fmt::format("sig {} {}\n  hit {}\n", pattern.name, pattern.tell,
                         Quoted(SampleOf(pattern)));
  }
  return rules;
}

std::unique_ptr<Engine> MakeTelltale(const TelltaleOptions& options) {
  return std::make_unique<Telltale>(options);
}

}  // namespace telltale::bench
