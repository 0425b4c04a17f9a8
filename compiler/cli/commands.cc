#include <algorithm>
#include <cstdio>
#include <unistd.h>

#include <fmt/format.h>

#include "compiler/cli/context.h"
#include "compiler/cli/manual.h"
#include "compiler/cli/session.h"
#include "compiler/driver/print.h"
#include "runtime/verdict/correlate.h"

namespace telltale::cli {

namespace {

// What was not read, and the exit code that tells.
int Finish(const std::vector<scan::Gap>& unread, bool found) {
  Print(stderr, report::UnreadText(unread));
  return !unread.empty() ? kUnread : found ? kFound : kNothingFound;
}

}  // namespace

int RunWhy(const Options& options) {
  int exit_code = 0;
  const std::unique_ptr<Session> session = Session::Open(options, &exit_code);
  if (session == nullptr) {
    return exit_code;
  }
  const scan::Engine& engine = session->engine();
  std::vector<report::Stream> streams;
  // Verdicts point into the timelines.
  std::vector<std::unique_ptr<verdict::Timeline>> timelines;
  std::vector<scan::Gap> unread;
  bool found = false;
  bool any_chosen = false;
  for (StreamScan& scanned : session->streams()) {
    report::Stream stream;
    stream.files = std::move(scanned.files);
    stream.unread = std::move(scanned.unread);
    timelines.push_back(std::make_unique<verdict::Timeline>(
        verdict::MergeFiles(&stream.files, options.default_year)));
    verdict::Correlate(engine, timelines.back().get());
    stream.verdict = verdict::Judge(engine, *timelines.back());
    unread.insert(unread.end(), stream.unread.begin(), stream.unread.end());
    streams.push_back(std::move(stream));
  }
  for (const report::Stream& stream : streams) {
    const auto chosen = report::Chosen(stream.verdict, options.run);
    for (const verdict::RunVerdict* run : chosen) {
      any_chosen = true;
      found = found || run->root.has_value();
      if (options.format == Format::Json || stream.files.empty()) {
        continue;
      }
      report::Context context;
      if (run->root.has_value()) {
        const scan::Event& event = *run->root->event;
        context = ReadContext(stream.files[event.file], event);
      }
      Print(stdout, report::WhyText(engine, stream, *run, context,
                                    {UseColor(options, STDOUT_FILENO)}));
      if (streams.size() > 1 || chosen.size() > 1) {
        Print(stdout, "\n");
      }
    }
    if (chosen.empty()) {
      Print(stderr,
            fmt::format("telltale: there is no attempt {}; the log has {}\n",
                        options.run.number, stream.verdict.runs.size()));
    }
  }
  if (options.format == Format::Json) {
    Print(stdout, report::WhyJson(engine, streams, options.run));
  }
  const int exit = Finish(unread, found);
  return any_chosen || exit == kUnread ? exit : kUsage;
}

int RunScan(const Options& options) {
  int exit_code = 0;
  const std::unique_ptr<Session> session = Session::Open(options, &exit_code);
  if (session == nullptr) {
    return exit_code;
  }
  bool found = false;
  std::vector<scan::Gap> unread;
  for (StreamScan& stream : session->streams()) {
    verdict::Timeline timeline =
        verdict::MergeFiles(&stream.files, options.default_year);
    verdict::Correlate(session->engine(), &timeline);
    for (const verdict::Occurrence& occurrence : timeline.occurrences) {
      const scan::Event& event = *occurrence.event;
      const scan::FileScan& file = stream.files[event.file];
      found = true;
      Print(
          stdout,
          options.format == Format::Json
              ? report::EventJson(session->engine(), file, timeline, occurrence)
              : report::EventText(session->engine(), file, timeline, occurrence,
                                  {UseColor(options, STDOUT_FILENO)}));
    }
    unread.insert(unread.end(), stream.unread.begin(), stream.unread.end());
  }
  return Finish(unread, found);
}

int RunCheck(const Options& options) {
  driver::CompileOptions compile;
  compile.rules = options.rules;
  compile.settings = options.settings;
  compile.self_test_native = options.tier != driver::Tier::Interpreter;
  compile.deny = options.deny;
  compile.corpus = options.corpus;
  const auto compilation = driver::Compile(compile);
  const bool ok = compilation->ok;
  PrintDiagnostics(options, compilation.get());
  if (!ok) {
    return kBadRules;
  }
  const int exit_code = Finish(compilation->unread, false);
  if (options.format == Format::Text) {
    size_t examples = 0;
    for (const hir::Signature& signature : compilation->module.signatures) {
      examples += signature.examples.size();
    }
    const size_t tests = compilation->module.tests.size();
    Print(stdout,
          fmt::format("ok: {} signatures, {} rules, {} examples{} pass\n",
                      compilation->module.signatures.size(),
                      compilation->module.rules.size(), examples,
                      tests == 0 ? "" : fmt::format(", {} tests", tests)));
  }
  return exit_code;
}

int RunPrint(const Options& options) {
  driver::CompileOptions compile;
  compile.rules = options.rules;
  compile.settings = options.settings;
  compile.self_test = false;
  const auto compilation = driver::Compile(compile);
  const std::string text = driver::PrintStage(
      *compilation, options.stage, options.isa.value_or(scan::DetectIsa()));
  Print(stdout, text);
  const bool ok = compilation->ok;
  PrintDiagnostics(options, compilation.get());
  return ok || (options.stage == "ast" && !text.empty()) ? kNothingFound
                                                         : kBadRules;
}

int RunCompletions(const Options& options) {
  const Manual manual = DescribeCommands();
  Print(stdout, options.subject == "bash"  ? BashCompletion(manual)
                : options.subject == "zsh" ? ZshCompletion(manual)
                                           : FishCompletion(manual));
  return kNothingFound;
}

int RunMan(const Options&) {
  Print(stdout, ManPage(DescribeCommands()));
  return kNothingFound;
}

int RunVersion(const Options&) {
  Print(stdout, fmt::format("telltale {}\n", TT_VERSION));
  return kNothingFound;
}

}  // namespace telltale::cli
