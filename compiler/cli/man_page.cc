// The manual page, in troff's man macros.
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "compiler/cli/manual.h"

namespace telltale::cli {

namespace {

// Text as troff takes it: no line begins with a dot or a quote, a minus is one.
std::string Roff(const std::string& text) {
  std::string out;
  bool line_begins = true;
  for (const char c : text) {
    if (line_begins && (c == '.' || c == '\'')) {
      out += "\\&";
    }
    line_begins = c == '\n';
    switch (c) {
      case '\\':
        out += "\\e";
        break;
      case '-':
        out += "\\-";
        break;
      default:
        out += c;
        break;
    }
  }
  return out;
}

std::string Bold(const std::string& text) {
  return "\\fB" + Roff(text) + "\\fR";
}

std::string Italic(const std::string& text) {
  return "\\fI" + Roff(text) + "\\fR";
}

std::string Argument(const OptionEntry& option) {
  const std::string one =
      Italic(option.names[0]) + (option.repeatable ? " ..." : "");
  return option.required ? one : "[" + one + "]";
}

// A command with its arguments, as it is typed.
std::string Synopsis(const CommandEntry& command) {
  std::string out = Bold("telltale " + command.name);
  const bool options =
      std::any_of(command.options.begin(), command.options.end(),
                  [](const OptionEntry& option) { return !option.positional; });
  out += options ? " [" + Italic("OPTION") + " ...]" : "";
  for (const OptionEntry& option : command.options) {
    if (option.positional) {
      out += " " + Argument(option);
    }
  }
  return out;
}

std::string Option(const OptionEntry& option) {
  std::string out = ".TP\n";
  if (option.positional) {
    out += Argument(option);
  } else {
    std::vector<std::string> names;
    for (const std::string& name : option.names) {
      names.push_back(Bold(name));
    }
    out += fmt::format("{}", fmt::join(names, ", "));
    if (option.operand == Operand::Choice && option.choices.size() <= 8) {
      std::vector<std::string> choices;
      for (const std::string& choice : option.choices) {
        choices.push_back(Bold(choice));
      }
      out += fmt::format(" {}", fmt::join(choices, "|"));
    } else if (option.operand != Operand::None) {
      out += " " + Italic(option.placeholder);
    }
  }
  return out + "\n" + Roff(option.text) + "\n";
}

}  // namespace

std::string ManPage(const Manual& manual) {
  std::string out = fmt::format(
      ".TH TELLTALE 1 \"\" \"telltale {}\" \"User commands\"\n"
      ".SH NAME\ntelltale \\- {}\n.SH SYNOPSIS\n.nf\n",
      TT_VERSION, Roff(manual.text));
  for (const CommandEntry& command : manual.commands) {
    out += Synopsis(command) + "\n";
  }
  out += ".fi\n.SH COMMANDS\n";
  for (const CommandEntry& command : manual.commands) {
    out += fmt::format(".SS {}\n{}\n", Synopsis(command), Roff(command.text));
    for (const OptionEntry& option : command.options) {
      out += Option(option);
    }
  }
  out += ".SH OPTIONS\n";
  for (const OptionEntry& option : manual.options) {
    out += Option(option);
  }
  return out + ".SH EXIT STATUS\n" + Roff(manual.footer) + "\n";
}

}  // namespace telltale::cli
