// telltale: the program. Reads the command line and runs one command.
#include <cstdio>

#include "compiler/cli/options.h"

int main(int argc, char** argv) {
  using namespace telltale::cli;  // NOLINT(google-build-using-namespace)
  const Parsed parsed = ParseArguments(argc, argv);
  std::fputs(parsed.out.c_str(), stdout);
  std::fputs(parsed.error.c_str(), stderr);
  if (!parsed.options.has_value()) {
    return parsed.exit_code;
  }
  switch (parsed.options->command) {
    case Command::Check:
      return RunCheck(*parsed.options);
    case Command::Scan:
      return RunScan(*parsed.options);
    case Command::Why:
      return RunWhy(*parsed.options);
    case Command::Print:
      return RunPrint(*parsed.options);
    case Command::Explain:
      return RunExplain(*parsed.options);
    case Command::Version:
      return RunVersion(*parsed.options);
  }
  return kUsage;
}
