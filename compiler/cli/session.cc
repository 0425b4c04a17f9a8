#include "compiler/cli/session.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <thread>
#include <unistd.h>

#include <fmt/format.h>

#include "compiler/cli/progress.h"
#include "dsl/diag/render.h"
#include "runtime/input/collect.h"
#include "runtime/vm/verify.h"

namespace telltale::cli {

bool UseColor(const Options& options, int descriptor) {
  if (options.color.has_value()) {
    return *options.color;
  }
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  return isatty(descriptor) != 0 &&
         (no_color == nullptr || *no_color == '\0') &&
         (term == nullptr || std::string_view(term) != "dumb");
}

void Print(std::FILE* file, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), file);
}

void PrintDiagnostics(const Options& options,
                      driver::Compilation* compilation) {
  if (options.command != Command::Check) {
    compilation->diags.DropWarnings([](const Diagnostic&) { return true; });
  }
  const std::vector<Diagnostic> diagnostics = compilation->diags.TakeSorted();
  const size_t dropped = compilation->diags.dropped();
  if (options.format == Format::Json && options.command == Command::Check) {
    Print(stdout, RenderJson(compilation->sources, diagnostics));
  } else {
    Print(stderr, RenderText(compilation->sources, diagnostics,
                             {UseColor(options, STDERR_FILENO)}));
  }
  if (dropped > 0) {
    Print(stderr, fmt::format("and {} more\n", dropped));
  }
}

std::unique_ptr<Session> Session::Open(const Options& options, int* exit_code) {
  auto session = std::make_unique<Session>();
  return session->Prepare(options, exit_code) ? std::move(session) : nullptr;
}

bool Session::Prepare(const Options& options, int* exit_code) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point started = Clock::now();

  driver::CompileOptions compile;
  compile.rules = options.rules;
  compile.settings = options.settings;
  // The standard library's examples ran when the program was built.
  // Examples are about the values that the file has; `check --set` tries
  // others.
  compile.self_test = !options.rules.empty() && options.settings.empty();
  compile.self_test_native = options.tier == driver::Tier::Jit;
  compile.deny = options.deny;
  compilation_ = driver::Compile(compile);
  if (!compilation_->ok) {
    PrintDiagnostics(options, compilation_.get());
    *exit_code = kBadRules;
    return false;
  }
  scan::ScanOptions scan_options;
  const std::vector<vm::Source>& sources = compilation_->program.sources;
  if (!options.source.empty()) {
    std::string known;
    for (size_t k = 0; k < sources.size(); ++k) {
      known += (known.empty() ? "" : ", ") + sources[k].name;
      if (sources[k].name == options.source) {
        scan_options.source = vm::SourceId(k);
      }
    }
    if (!scan_options.source.valid()) {
      Print(stderr,
            fmt::format("telltale: no source is called `{}`; there are {}\n",
                        options.source, known.empty() ? "none" : known));
      *exit_code = kUsage;
      return false;
    }
  }

  // Which file belongs to which stream.
  std::vector<input::InputPath> paths;
  std::vector<size_t> stream_of;
  uint64_t total = 0;
  for (const std::string& argument : options.inputs) {
    input::Inputs inputs = input::CollectInputs(argument);
    streams_.emplace_back();
    streams_.back().unread = std::move(inputs.missing);
    for (size_t k = 0; k < inputs.paths.size(); ++k) {
      if (options.per_file && k > 0) {
        streams_.emplace_back();
      }
      total += inputs.paths[k].bytes;
      paths.push_back(std::move(inputs.paths[k]));
      stream_of.push_back(streams_.size() - 1);
    }
  }

  const scan::Isa isa = options.isa.value_or(scan::DetectIsa());
  auto tier = driver::MakeMatcher(compilation_->program, options.tier, isa);
  if (!tier.has_value()) {
    Print(stderr, fmt::format("telltale: {}\n", tier.error().message));
    *exit_code = kBadRules;
    return false;
  }
  tier_ = std::move(*tier);
  engine_ = std::make_unique<scan::Engine>(compilation_->program,
                                           tier_->matcher(), isa);
  const Clock::time_point ready = Clock::now();

  std::vector<scan::PathScan> scans;
  {
    Progress progress(total);
    scan_options.progress = progress.bytes();
    scan_options.jobs = options.jobs != 0
                            ? options.jobs
                            : std::max(1u, std::thread::hardware_concurrency());
    scans = scan::ScanFiles(*engine_, paths, scan_options);
  }
  for (size_t k = 0; k < scans.size(); ++k) {
    StreamScan& stream = streams_[stream_of[k]];
    for (scan::FileScan& file : scans[k].files) {
      const auto index = static_cast<uint32_t>(stream.files.size());
      for (scan::Event& event : file.events) {
        event.file = index;
      }
      stream.files.push_back(std::move(file));
    }
    for (scan::Gap& gap : scans[k].unread) {
      stream.unread.push_back(std::move(gap));
    }
  }
  if (options.stats) {
    const auto ms = [](Clock::duration d) {
      return std::chrono::duration<double, std::milli>(d).count();
    };
    Print(stderr,
          fmt::format("tier {}, isa {}, {} signatures, {} terms ({} compiled), "
                      "{} phrases; ready in {:.1f} ms, scanned {:.1f} MB in "
                      "{:.1f} ms\n",
                      tier_->name(), scan::IsaName(isa),
                      compilation_->program.signatures.size(),
                      compilation_->program.terms.size(), tier_->compiled(),
                      engine_->prefilter().phrase_count(), ms(ready - started),
                      static_cast<double>(total) / 1e6,
                      ms(Clock::now() - ready)));
  }
  return true;
}

}  // namespace telltale::cli
