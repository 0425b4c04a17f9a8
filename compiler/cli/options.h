// The command line, read into one struct. args.cc is the only file that knows
// CLI11.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/driver/tiers.h"
#include "runtime/report/report.h"

namespace telltale::cli {

enum class Command {
  Check,
  Scan,
  Why,
  Diff,
  Learn,
  Test,
  Cover,
  Fmt,
  Print,
  Explain,
  Completions,
  Man,
  Version,
};

// Exit codes, kept stable.
inline constexpr int kNothingFound = 0;
inline constexpr int kFound = 1;
inline constexpr int kUsage = 2;
inline constexpr int kBadRules = 3;
inline constexpr int kUnread = 4;  // or not written

enum class Format { Text, Json };

struct Options {
  Command command = Command::Why;
  std::vector<std::string> rules;     // --rules, or the files of check, print
  std::vector<std::string> settings;  // --set NAME=VALUE
  std::vector<std::string> inputs;    // logs
  std::string subject;                // explain: of what; completions: for what
  Format format = Format::Text;
  driver::Tier tier = driver::Tier::Auto;
  std::optional<scan::Isa> isa;
  unsigned jobs = 0;                // 0: as many as there are processors
  std::vector<std::string> deny;    // warnings that are errors
  std::vector<std::string> corpus;  // check: logs to look for near misses in
  std::string source;
  uint64_t line = 0;   // learn, explain; 0: none
  std::string filter;  // test
  bool quiet = false;
  bool only_check = false;   // fmt
  bool unexplained = false;  // cover
  std::string stage = "hir";
  report::RunChoice run;
  bool per_file = false;
  bool stats = false;
  std::optional<bool> color;  // unset: where a terminal is
  int default_year = 1970;
};

struct Parsed {
  std::optional<Options> options;
  int exit_code = 0;  // when there are none: --help is 0
  std::string out;    // to print
  std::string error;  // to print on standard error
};

Parsed ParseArguments(int argc, const char* const* argv);

// The commands. Each returns the exit code.
int RunCheck(const Options& options);
int RunScan(const Options& options);
int RunWhy(const Options& options);
int RunDiff(const Options& options);
int RunLearn(const Options& options);
int RunTest(const Options& options);
int RunCover(const Options& options);
int RunFmt(const Options& options);
int RunPrint(const Options& options);
int RunExplain(const Options& options);
int RunCompletions(const Options& options);
int RunMan(const Options& options);
int RunVersion(const Options& options);

}  // namespace telltale::cli
