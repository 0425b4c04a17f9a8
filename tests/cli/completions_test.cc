// Completions and the manual page say what `--help` says.
#include <cstdio>
#include <cstdlib>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/cli/run.h"

namespace telltale::testing {
namespace {

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// The words of `--help` that begin with two dashes.
std::set<std::string> OptionsIn(const std::string& help) {
  std::set<std::string> options;
  std::istringstream lines(help);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line.substr(0, 40));
    std::string word;
    while (words >> word && word.starts_with("-")) {
      std::istringstream names(word);
      for (std::string name; std::getline(names, name, ',');) {
        options.insert(name);
      }
    }
  }
  return options;
}

std::vector<std::string> Commands() {
  const std::string help = Telltale("--help").out;
  std::istringstream lines(help.substr(help.find("Subcommands:")));
  std::vector<std::string> commands;
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line) && line.starts_with("  ")) {
    if (line[2] != ' ') {
      std::istringstream(line) >> commands.emplace_back();
    }
  }
  return commands;
}

// The part of a text from `begin` to the next `end`.
std::string Between(const std::string& text, const std::string& begin,
                    const std::string& end) {
  const size_t at = text.find(begin);
  REQUIRE(at != std::string::npos);
  return text.substr(at, text.find(end, at + begin.size()) - at);
}

// troff writes a minus as \-.
std::string Roff(const std::string& option) {
  std::string out;
  for (const char c : option) {
    out += c == '-' ? "\\-" : std::string(1, c);
  }
  return out;
}

// How fish's script names an option of a command.
std::string Of(const std::string& command, const std::string& option) {
  const std::string line = "seen_subcommand_from " + command + "'";
  return option == "--help" ? line + " -s h -l help "
         : option == "-h"   ? line + " -s h "
                            : line + " -l " + option.substr(2) + " ";
}

bool Installed(const std::string& program) {
  return std::system(("command -v " + program + " >/dev/null").c_str()) == 0;
}

std::string OutputOf(const std::string& command) {
  std::string out;
  std::FILE* pipe = popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) {
    out.push_back(static_cast<char>(c));
  }
  pclose(pipe);
  return out;
}

TEST_CASE("completions and the manual have each option of each command") {
  const std::string bash = Telltale("completions bash").out;
  const std::string zsh = Telltale("completions zsh").out;
  const std::string fish = Telltale("completions fish").out;
  const std::string man = Telltale("man").out;
  const std::vector<std::string> commands = Commands();
  REQUIRE(commands.size() >= 10);
  for (const std::string& command : commands) {
    const std::set<std::string> options =
        OptionsIn(Telltale(command + " --help").out);
    REQUIRE(options.count("--help") == 1);
    for (const std::string& option : options) {
      CAPTURE(command, option);
      CHECK(Has(Between(bash, "    " + command + ") options='", "\n") + " ",
                option));
      const std::string in_zsh = Between(zsh, "      " + command + ")\n", ";;");
      CHECK((Has(in_zsh, "'" + option + "[") ||
             Has(in_zsh, "'*" + option + "[")));
      CHECK(Has(fish, Of(command, option)));
      CHECK(Has(Between(man, ".SS \\fBtelltale " + command, ".SS"),
                Roff(option)));
    }
  }
  CHECK(Telltale("completions tcsh").exit_code == 2);
  CHECK(Telltale("completions").exit_code == 2);
}

// What bash offers for `words`, the last of which is being written.
std::string BashOffers(const Folder& folder, const std::string& words) {
  const std::string script =
      folder.Write("try.bash",
                   "source ./telltale.bash\n"
                   "COMP_WORDS=(" +
                       words +
                       ")\n"
                       "COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
                       "_telltale\n"
                       "echo \"${COMPREPLY[@]}\"\n");
  return OutputOf("cd " + folder.path() + " && bash " + script + " 2>&1");
}

TEST_CASE("bash completes commands, options, choices and paths") {
  if (!Installed("bash")) {
    return;
  }
  const Folder folder;
  folder.Write("telltale.bash", Telltale("completions bash").out);
  folder.Write("a b.log", "");
  CHECK(BashOffers(folder, "telltale wh") == "why\n");
  CHECK(BashOffers(folder, "telltale --ver") == "--version\n");
  CHECK(Has(BashOffers(folder, "telltale ''"), "scan diff learn"));
  CHECK(BashOffers(folder, "telltale why --ru") == "--rules --run\n");
  CHECK(BashOffers(folder, "telltale why --format ''") == "text json\n");
  CHECK(BashOffers(folder, "telltale why --format = j") == "json\n");
  CHECK(BashOffers(folder, "telltale why --jobs ''") == "\n");
  CHECK(BashOffers(folder, "telltale why a") == "a b.log\n");
  CHECK(BashOffers(folder, "telltale why --rules tell") == "telltale.bash\n");
  CHECK(BashOffers(folder, "telltale explain E60") == "E601 E602 E603\n");
  CHECK(BashOffers(folder, "telltale check --deny w") == "warnings\n");
  CHECK(BashOffers(folder, "telltale completions z") == "zsh\n");
}

TEST_CASE("zsh and fish read their scripts") {
  const Folder folder;
  for (const char* shell : {"zsh", "fish"}) {
    if (Installed(shell)) {
      const std::string script = folder.Write(
          shell, Telltale(std::string("completions ") + shell).out);
      CHECK(std::system((std::string(shell) + " -n " + script).c_str()) == 0);
    }
  }
}

TEST_CASE("man renders the manual page without a complaint") {
  const Folder folder;
  const std::string page = folder.Write("telltale.1", Telltale("man").out);
  if (Installed("groff")) {
    CHECK(
        OutputOf("groff -man -Tutf8 -ww " + page + " 2>&1 >/dev/null").empty());
  }
  if (Installed("mandoc")) {
    CHECK(OutputOf("mandoc -T lint -W warning " + page).empty());
  }
  if (Installed("man")) {
    const std::string text =
        OutputOf("MANWIDTH=80 man --warnings -l " + page + " 2>&1 | col -b");
    CHECK(Has(text,
              "telltale - say why a log stopped, and in which line it began"));
    CHECK(Has(text, "EXIT STATUS"));
    CHECK_FALSE(Has(text, "telltale.1:"));
  }
}

}  // namespace
}  // namespace telltale::testing
