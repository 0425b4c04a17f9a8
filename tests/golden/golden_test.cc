// Runs every .case file below tests/golden. A case with a log runs on both
// tiers, on every instruction set level, at many chunk sizes, on one and four
// threads, and from a pack; all must give what the case expects.
//
// golden_test --update [PATTERN]   rewrites the expect sections
// golden_test [PATTERN]            runs the cases whose path holds PATTERN
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>

#include "compiler/driver/pipeline.h"
#include "compiler/driver/print.h"
#include "compiler/driver/tiers.h"
#include "dsl/diag/render.h"
#include "runtime/pack/pack.h"
#include "runtime/report/report.h"
#include "runtime/scan/file_scanner.h"
#include "runtime/scan/scan_files.h"
#include "runtime/verdict/correlate.h"
#include "tests/support/case_file.h"

namespace telltale::test {

namespace {

namespace fs = std::filesystem;

constexpr size_t kWhole = SIZE_MAX;
constexpr size_t kChunks[] = {1, 2, 7, 63, 64, 65, 4096, kWhole};

constexpr std::string_view kExpectations[] = {
    "ast",      "hir",     "plan",   "diagnostics",
    "findings", "verdict", "report", "scan"};

struct Log {
  std::string name;
  std::string bytes;
};

std::string SlotsText(const vm::Program& program, const scan::Event& event) {
  const std::vector<vm::Slot>* slots = nullptr;
  if (program.is_signature(event.type)) {
    slots = &program.signatures[event.type.index()].slots;
  } else if (!program.is_rule(event.type)) {
    slots = &program
                 .blocks[event.type.index() - program.signatures.size() -
                         program.rules.size()]
                 .slots;
  }
  std::string out;
  for (size_t k = 0; slots != nullptr && k < slots->size(); ++k) {
    if (event.slots[k].present && !(*slots)[k].derived.has_value()) {
      out += fmt::format(" {}={}", (*slots)[k].name,
                         report::Printable(vm::ToText(event.slots[k])));
    }
  }
  return out;
}

std::string KeysText(const scan::Engine& engine, const scan::Event& event) {
  std::string out;
  for (size_t k = 0; k < event.keys.size(); ++k) {
    if (event.keys[k].present) {
      out += fmt::format(
          " [{} {}]",
          engine.program().fields[engine.key_fields()[k].index()].name,
          report::Printable(vm::ToText(event.keys[k])));
    }
  }
  return out;
}

// One line per event, rules included.
std::string Findings(const scan::Engine& engine,
                     const std::vector<scan::FileScan>& files,
                     const verdict::Timeline& timeline) {
  std::string out;
  for (const verdict::Occurrence& occurrence : timeline.occurrences) {
    const scan::Event& event = *occurrence.event;
    out += fmt::format(
        "{}:{}@{}: {}{}{}{}{}{}\n", files[event.file].name, event.line,
        event.offset, engine.program().event_name(event.type),
        SlotsText(engine.program(), event), KeysText(engine, event),
        event.time == scan::kNoTime ? "" : " at " + vm::FormatTime(event.time),
        occurrence.run == 0 ? "" : fmt::format(" run {}", occurrence.run + 1),
        event.flags == 0 ? "" : fmt::format(" flags {}", event.flags));
  }
  return out;
}

std::string Groups(const scan::Engine& engine,
                   const std::vector<verdict::Group>& groups) {
  std::string out;
  for (const verdict::Group& group : groups) {
    out += fmt::format(" {}:{}x{}", engine.program().event_name(group.type),
                       group.line, group.count);
  }
  return out;
}

std::string VerdictText(const scan::Engine& engine,
                        const verdict::Verdict& verdict) {
  const vm::Program& program = engine.program();
  std::string out;
  for (const verdict::RunVerdict& run : verdict.runs) {
    out += fmt::format("run {}{}: {}\n", run.run + 1,
                       run.run == verdict.headline ? " (headline)" : "",
                       verdict::OutcomeName(run.outcome));
    if (run.root.has_value()) {
      const verdict::Finding& root = *run.root;
      out +=
          fmt::format("  root {} line {} {}", program.event_name(root.type),
                      root.event->line, verdict::CertaintyName(root.certainty));
      for (const vm::NodeId id :
           {root.verdict.symptom, root.verdict.cause, root.verdict.stage}) {
        out += id.valid() ? " " + program.nodes[id.index()].path : " -";
      }
      out += root.count > 1 ? fmt::format(" x{}\n", root.count) : "\n";
      if (!root.explains.empty()) {
        out += "  explains" + Groups(engine, root.explains) + "\n";
      }
      if (!root.confirmed_by.empty()) {
        out += "  confirmed by" + Groups(engine, root.confirmed_by) + "\n";
      }
      if (!root.note.empty()) {
        out += "  note " + root.note + "\n";
      }
    }
    for (const verdict::Finding& other : run.alternatives) {
      out += fmt::format("  alternative {} line {} {}\n",
                         program.event_name(other.type), other.event->line,
                         verdict::CertaintyName(other.certainty));
    }
    if (!run.survived.empty()) {
      out += "  survived" + Groups(engine, run.survived) + "\n";
    }
    if (!run.also.empty()) {
      out += "  also" + Groups(engine, run.also) + "\n";
    }
  }
  return out;
}

// What one configuration makes of the logs.
struct Outputs {
  std::string findings;
  std::string verdict;
  std::string report;
  std::string scan;
};

Outputs Judge(const scan::Engine& engine, std::vector<scan::FileScan> files) {
  for (size_t k = 0; k < files.size(); ++k) {
    for (scan::Event& event : files[k].events) {
      event.file = static_cast<uint32_t>(k);
    }
  }
  report::Stream stream;
  stream.files = std::move(files);
  verdict::Timeline timeline = verdict::MergeFiles(&stream.files, 1970);
  verdict::Correlate(engine, &timeline);
  stream.verdict = verdict::Judge(engine, timeline);
  Outputs out;
  for (const verdict::Occurrence& occurrence : timeline.occurrences) {
    out.scan += report::EventText(engine, stream.files[occurrence.event->file],
                                  timeline, occurrence, {});
  }
  out.findings = Findings(engine, stream.files, timeline);
  out.verdict = VerdictText(engine, stream.verdict);
  out.report = report::WhyText(
      engine, stream, stream.verdict.runs[stream.verdict.headline], {}, {});
  return out;
}

std::vector<scan::FileScan> ScanInChunks(const scan::Engine& engine,
                                         const std::vector<Log>& logs,
                                         size_t chunk) {
  std::vector<scan::FileScan> files;
  scan::Scratch scratch(engine.program());
  for (const Log& log : logs) {
    scan::FileScanner scanner(engine, &scratch, log.name, 0, {});
    for (size_t at = 0; at < log.bytes.size();) {
      const size_t size = std::min(chunk, log.bytes.size() - at);
      // A buffer of its own, so that a read beyond a chunk is caught.
      const std::vector<char> bytes(
          log.bytes.begin() + static_cast<std::ptrdiff_t>(at),
          log.bytes.begin() + static_cast<std::ptrdiff_t>(at + size));
      scanner.Chunk({bytes.data(), bytes.size()});
      at += size;
    }
    files.push_back(scanner.Finish());
  }
  return files;
}

class Runner {
 public:
  explicit Runner(bool update) : update_(update) {}

  // Runs in a folder of its own, with the case's files in it.
  void Run(const std::string& path) {
    CaseFile file = ReadCase(path);
    path_ = path;
    ++cases_;
    const fs::path home = fs::current_path();
    const fs::path folder =
        fs::temp_directory_path() / fmt::format("telltale-case-{}", getpid());
    fs::remove_all(folder);
    fs::create_directories(folder);
    fs::current_path(folder);
    RunIn(&file);
    fs::current_path(home);
    fs::remove_all(folder);
    if (update_) {
      WriteCase(file);
    }
  }

  [[nodiscard]] int cases() const { return cases_; }
  [[nodiscard]] int failures() const { return failures_; }

 private:
  void Complain(const std::string& what) {
    ++failures_;
    std::printf("FAILED %s: %s\n", path_.c_str(), what.c_str());
  }

  void Compare(CaseSection* section, const std::string& actual,
               const std::string& how) {
    if (section->text == actual) {
      return;
    }
    if (update_ && how.empty()) {
      section->text = actual;
      return;
    }
    Complain(fmt::format("{}{}\n--- expected\n{}--- actual\n{}", section->name,
                         how.empty() ? "" : " with " + how, section->text,
                         actual));
  }

  void RunIn(CaseFile* file) {
    std::vector<Log> logs;
    std::vector<std::string> rules;
    std::map<std::string, CaseSection*> expected;
    for (CaseSection& section : file->sections) {
      if (section.name.starts_with("expect.")) {
        const std::string what = section.name.substr(7);
        if (std::find(std::begin(kExpectations), std::end(kExpectations),
                      what) == std::end(kExpectations)) {
          Complain("there is no " + section.name);
        }
        expected[what] = &section;
      } else if (section.name.ends_with(".tell")) {
        std::ofstream(section.name, std::ios::binary) << section.text;
        if (rules.empty()) {
          rules.push_back(section.name);  // the first; it may use others
        }
      } else {
        logs.push_back({section.name, LogBytes(section.text)});
        std::ofstream(section.name, std::ios::binary) << logs.back().bytes;
      }
    }
    if (expected.empty()) {
      Complain("the case expects nothing");
      return;
    }
    driver::CompileOptions options;
    options.rules = rules;
    options.self_test = !rules.empty();
    options.self_test_native = false;  // below, once, for all
    const auto compilation = driver::Compile(options);
    for (const char* stage : {"ast", "hir", "plan"}) {
      if (expected.count(stage) != 0) {
        Compare(expected[stage],
                driver::PrintStage(*compilation, stage, scan::Isa::V2), "");
      }
    }
    const bool ok = compilation->ok;
    const std::string diagnostics =
        RenderLines(compilation->sources, compilation->diags.TakeSorted());
    if (expected.count("diagnostics") != 0) {
      Compare(expected["diagnostics"], diagnostics, "");
    } else if (!ok) {
      Complain("the rules do not compile:\n" + diagnostics);
    }
    if (ok && !logs.empty()) {
      RunLogs(*compilation, logs, expected);
    }
  }

  void RunLogs(const driver::Compilation& compilation,
               const std::vector<Log>& logs,
               const std::map<std::string, CaseSection*>& expected) {
    const auto interpreted = driver::MakeInterpreted(compilation.program);
    std::unique_ptr<driver::TierMatcher> native;
    bool first = true;
    for (const scan::Isa isa : scan::UsableIsas()) {
      auto compiled = driver::MakeNative(compilation.program, isa);
      if (!compiled.has_value()) {
        Complain(compiled.error().message);
        return;
      }
      native = std::move(*compiled);
      for (const driver::TierMatcher* tier :
           {interpreted.get(), native.get()}) {
        const scan::Engine engine(compilation.program, tier->matcher(), isa);
        for (const size_t chunk : kChunks) {
          // Byte by byte is slow; it shows the same on a short log.
          if (chunk < 7 && logs[0].bytes.size() > 20'000) {
            continue;
          }
          const std::string how =
              first ? ""
                    : fmt::format("tier {} isa {} chunk {}", tier->name(),
                                  scan::IsaName(isa), chunk);
          Check(Judge(engine, ScanInChunks(engine, logs, chunk)), expected,
                how);
          first = false;
        }
      }
    }
    const auto ahead =
        driver::MakeAhead(compilation.program, scan::DetectIsa());
    if (!ahead.has_value()) {
      Complain(ahead.error().message);
      return;
    }
    const scan::Engine loaded(compilation.program, (*ahead)->matcher(),
                              scan::DetectIsa());
    Check(Judge(loaded, ScanInChunks(loaded, logs, 4096)), expected,
          "tier aot");
    const scan::Engine engine(compilation.program, native->matcher(),
                              scan::DetectIsa());
    for (const unsigned jobs : {1u, 4u}) {
      std::vector<input::InputPath> paths;
      for (const Log& log : logs) {
        paths.push_back({log.name, log.bytes.size()});
      }
      std::vector<scan::FileScan> files;
      // Short stretches, so that threads help each other with these logs too.
      for (scan::PathScan& path : scan::ScanFiles(engine, paths,
                                                  {.jobs = jobs,
                                                   .source = {},
                                                   .progress = nullptr,
                                                   .stretch = 64})) {
        for (scan::FileScan& scanned : path.files) {
          files.push_back(std::move(scanned));
        }
      }
      Check(Judge(engine, std::move(files)), expected,
            fmt::format("{} threads", jobs));
    }
    RunFromPack(compilation.program, logs, expected);
  }

  void RunFromPack(const vm::Program& program, const std::vector<Log>& logs,
                   const std::map<std::string, CaseSection*>& expected) {
    pack::Pack packed;
    packed.program = program;
    const std::string bytes = pack::Write(packed);
    const auto contents = pack::Contents::Open(bytes);
    auto loaded = contents.has_value()
                      ? contents->ReadAll()
                      : Fail(std::string(contents.error().message));
    if (!loaded.has_value()) {
      Complain("as a pack: " + loaded.error().message);
      return;
    }
    if (pack::Write(*loaded) != bytes) {
      Complain("a pack that was read and written again differs");
    }
    const auto tier = driver::MakeInterpreted(loaded->program);
    const scan::Engine engine(loaded->program, tier->matcher(),
                              scan::DetectIsa());
    Check(Judge(engine, ScanInChunks(engine, logs, kWhole)), expected,
          "a pack");
  }

  void Check(const Outputs& outputs,
             const std::map<std::string, CaseSection*>& expected,
             const std::string& how) {
    const auto check = [&](const char* name, const std::string& actual) {
      const auto found = expected.find(name);
      if (found != expected.end()) {
        Compare(found->second, actual, how);
      }
    };
    check("findings", outputs.findings);
    check("verdict", outputs.verdict);
    check("report", outputs.report);
    check("scan", outputs.scan);
  }

  bool update_;
  std::string path_;
  int cases_ = 0;
  int failures_ = 0;
};

}  // namespace

}  // namespace telltale::test

int main(int argc, char** argv) {
  bool update = false;
  std::string pattern;
  std::string root = TT_GOLDEN_ROOT;
  for (int k = 1; k < argc; ++k) {
    const std::string argument = argv[k];
    if (argument == "--update") {
      update = true;
    } else {
      pattern = argument;
    }
  }
  std::vector<std::string> paths;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(root)) {
    if (entry.path().extension() == ".case" &&
        entry.path().string().find(pattern) != std::string::npos) {
      paths.push_back(entry.path().string());
    }
  }
  std::sort(paths.begin(), paths.end());
  telltale::test::Runner runner(update);
  for (const std::string& path : paths) {
    runner.Run(path);
  }
  std::printf("%d golden cases, %d failures\n", runner.cases(),
              runner.failures());
  return runner.failures() == 0 && runner.cases() > 0 ? 0 : 1;
}
