// telltale: the program. Reads the command line and runs one command.
#include <cstdio>

#include "compiler/cli/options.h"

namespace telltale::cli {

namespace {

int Run(const Options& options) {
  switch (options.command) {
    case Command::Check:
      return RunCheck(options);
    case Command::Scan:
      return RunScan(options);
    case Command::Why:
      return RunWhy(options);
    case Command::Diff:
      return RunDiff(options);
    case Command::Learn:
      return RunLearn(options);
    case Command::Test:
      return RunTest(options);
    case Command::Cover:
      return RunCover(options);
    case Command::Fmt:
      return RunFmt(options);
    case Command::Print:
      return RunPrint(options);
    case Command::Explain:
      return RunExplain(options);
    case Command::Completions:
      return RunCompletions(options);
    case Command::Man:
      return RunMan(options);
    case Command::Version:
      return RunVersion(options);
  }
  return kUsage;
}

}  // namespace

}  // namespace telltale::cli

int main(int argc, char** argv) {
  using namespace telltale::cli;  // NOLINT(google-build-using-namespace)
  const Parsed parsed = ParseArguments(argc, argv);
  std::fputs(parsed.out.c_str(), stdout);
  std::fputs(parsed.error.c_str(), stderr);
  const int exit_code =
      parsed.options.has_value() ? Run(*parsed.options) : parsed.exit_code;
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    std::fputs("telltale: cannot write standard output\n", stderr);
    return exit_code <= kFound ? kUnread : exit_code;
  }
  return exit_code;
}
