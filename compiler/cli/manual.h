// What the program's commands and options are, as data: read off the command
// line's own declaration (args.cc), so that completions and the manual page
// cannot say anything else.
#pragma once

#include <string>
#include <vector>

namespace telltale::cli {

// What stands where an option or an argument has a value.
enum class Operand {
  None,    // a flag
  Path,    // a file or a folder
  Choice,  // one of `choices`
  Other,
};

struct OptionEntry {
  std::vector<std::string> names;  // "--rules"; of an argument: "LOG"
  Operand operand = Operand::None;
  std::string placeholder;  // how its value is called: FILE
  std::vector<std::string> choices;
  std::string text;
  bool positional = false;
  bool required = false;
  bool repeatable = false;
};

struct CommandEntry {
  std::string name;
  std::string text;
  std::vector<OptionEntry> options;  // arguments too, in their order
};

struct Manual {
  std::string text;                  // the program in one sentence
  std::vector<OptionEntry> options;  // without a command: --help, --version
  std::vector<CommandEntry> commands;
  std::string footer;  // exit codes
};

// args.cc
Manual DescribeCommands();

// completions.cc: a script that the shell reads.
std::string BashCompletion(const Manual& manual);
std::string ZshCompletion(const Manual& manual);
std::string FishCompletion(const Manual& manual);

// man_page.cc: in troff's man macros, for `man -l -`.
std::string ManPage(const Manual& manual);

}  // namespace telltale::cli
