// Completions for shells. A script knows the commands, the options of each, and
// what may stand behind an option; everything else is a path.
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "compiler/cli/manual.h"

namespace telltale::cli {

namespace {

std::string Joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

std::vector<std::string> CommandNames(const Manual& manual) {
  std::vector<std::string> names;
  for (const CommandEntry& command : manual.commands) {
    names.push_back(command.name);
  }
  return names;
}

std::vector<std::string> OptionNames(const std::vector<OptionEntry>& options) {
  std::vector<std::string> names;
  for (const OptionEntry& option : options) {
    if (!option.positional) {
      names.insert(names.end(), option.names.begin(), option.names.end());
    }
  }
  return names;
}

// What an argument of the command may be, if it is not a path.
std::vector<std::string> ArgumentChoices(const CommandEntry& command) {
  std::vector<std::string> choices;
  for (const OptionEntry& option : command.options) {
    if (option.positional) {
      choices.insert(choices.end(), option.choices.begin(),
                     option.choices.end());
    }
  }
  return choices;
}

bool TakesPaths(const CommandEntry& command) {
  return std::any_of(command.options.begin(), command.options.end(),
                     [](const OptionEntry& option) {
                       return option.positional &&
                              option.operand == Operand::Path;
                     });
}

// ------------------------------------------------------------------- bash

// The branches of a `case` on "COMMAND OPTION" that say what stands behind.
std::string BashValues(const CommandEntry& command) {
  std::string out;
  for (const OptionEntry& option : command.options) {
    if (option.positional || option.operand == Operand::None) {
      continue;
    }
    for (const std::string& name : option.names) {
      out += fmt::format("    '{} {}')\n", command.name, name);
      switch (option.operand) {
        case Operand::Choice:
          out += fmt::format(
              "      COMPREPLY=($(compgen -W '{}' -- \"$word\")); return ;;\n",
              Joined(option.choices));
          break;
        case Operand::Path:
          out += "      _telltale_paths \"$word\"; return ;;\n";
          break;
        case Operand::None:
        case Operand::Other:
          out += "      COMPREPLY=(); return ;;\n";
          break;
      }
    }
  }
  return out;
}

}  // namespace

std::string BashCompletion(const Manual& manual) {
  std::string values;
  std::string words;
  for (const CommandEntry& command : manual.commands) {
    values += BashValues(command);
    words += fmt::format("    {}) options='{}' choices='{}' paths='{}' ;;\n",
                         command.name, Joined(OptionNames(command.options)),
                         Joined(ArgumentChoices(command)),
                         TakesPaths(command) ? "yes" : "");
  }
  // `--format=json` comes as three words, since = breaks words. The command is
  // the first word that is no option.
  return fmt::format(
      R"BASH(# bash completion of telltale: put it where bash-completion looks, or source it.
_telltale_paths() {{
  local IFS=$'\n'
  compopt -o filenames 2>/dev/null
  COMPREPLY=($(compgen -f -- "$1"))
}}

_telltale() {{
  local word="${{COMP_WORDS[COMP_CWORD]}}"
  local before="${{COMP_WORDS[COMP_CWORD-1]}}"
  if [[ $word == '=' ]]; then
    word=''
  elif [[ $before == '=' ]]; then
    before="${{COMP_WORDS[COMP_CWORD-2]}}"
  fi
  local command='' k
  for ((k = 1; k < COMP_CWORD; ++k)); do
    if [[ ${{COMP_WORDS[k]}} != -* ]]; then
      command="${{COMP_WORDS[k]}}"
      break
    fi
  done
  COMPREPLY=()
  if [[ -z $command ]]; then
    COMPREPLY=($(compgen -W '{} {}' -- "$word"))
    return
  fi
  case "$command $before" in
{}  esac
  local options='' choices='' paths=''
  case "$command" in
{}  esac
  if [[ $word == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$word"))
    return
  fi
  if [[ -n $paths ]]; then
    _telltale_paths "$word"
  fi
  if [[ -n $choices ]]; then
    COMPREPLY+=($(compgen -W "$choices" -- "$word"))
  fi
}}

complete -F _telltale telltale
)BASH",
      Joined(CommandNames(manual)), Joined(OptionNames(manual.options)), values,
      words);
}

// -------------------------------------------------------------------- zsh

namespace {

// For a zsh spec in single quotes: [ ] and : are its own.
std::string ZshText(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else if (c == '[' || c == ']' || c == ':' || c == '\\') {
      out += std::string("\\") + c;
    } else {
      out += c;
    }
  }
  return out;
}

std::string ZshOperand(const OptionEntry& option) {
  const std::string name = ZshText(
      option.placeholder.empty() ? option.names[0] : option.placeholder);
  switch (option.operand) {
    case Operand::None:
      return "";
    case Operand::Path:
      return fmt::format(":{}:_files", name);
    case Operand::Choice:
      return fmt::format(":{}:({})", name, Joined(option.choices));
    case Operand::Other:
      return fmt::format(":{}: ", name);
  }
  return "";
}

std::string ZshSpec(const OptionEntry& option) {
  std::string out;
  if (option.positional) {
    return fmt::format(" \\\n        '{}{}'", option.repeatable ? "*" : "",
                       ZshOperand(option));
  }
  for (const std::string& name : option.names) {
    out +=
        fmt::format(" \\\n        '{}{}[{}]{}'", option.repeatable ? "*" : "",
                    name, ZshText(option.text), ZshOperand(option));
  }
  return out;
}

}  // namespace

std::string ZshCompletion(const Manual& manual) {
  std::string commands;
  std::string branches;
  for (const CommandEntry& command : manual.commands) {
    commands +=
        fmt::format("    '{}:{}'\n", command.name, ZshText(command.text));
    std::string specs;
    for (const OptionEntry& option : command.options) {
      specs += ZshSpec(option);
    }
    branches += fmt::format("      {})\n      _arguments -s{} ;;\n",
                            command.name, specs);
  }
  std::string own;
  for (const OptionEntry& option : manual.options) {
    own += ZshSpec(option);
  }
  return fmt::format(R"ZSH(#compdef telltale
# zsh completion of telltale: save it as _telltale in a folder of $fpath.
_telltale() {{
  local state line
  local -a commands=(
{}  )
  _arguments -C{} \
        '1:command:->command' '*::argument:->argument'
  case $state in
    command) _describe command commands ;;
    argument)
      case $line[1] in
{}      esac ;;
  esac
}}

_telltale "$@"
)ZSH",
                     commands, own, branches);
}

// ------------------------------------------------------------------- fish

namespace {

std::string FishText(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'' || c == '\\') {
      out += '\\';
    }
    out += c;
  }
  return out;
}

std::string FishOption(const std::string& condition,
                       const OptionEntry& option) {
  std::string names;
  for (const std::string& name : option.names) {
    names += name.starts_with("--") ? " -l " + name.substr(2)
                                    : " -s " + name.substr(1);
  }
  std::string operand;
  switch (option.operand) {
    case Operand::None:
      break;
    case Operand::Path:
      operand = " -r -F";
      break;
    case Operand::Choice:
      operand = fmt::format(" -x -a '{}'", Joined(option.choices));
      break;
    case Operand::Other:
      operand = " -x";
      break;
  }
  return fmt::format("complete -c telltale{}{}{} -d '{}'\n", condition, names,
                     operand, FishText(option.text));
}

}  // namespace

std::string FishCompletion(const Manual& manual) {
  std::string out =
      "# fish completion of telltale: save it as telltale.fish in\n"
      "# ~/.config/fish/completions.\n"
      "complete -c telltale -f\n";
  for (const OptionEntry& option : manual.options) {
    out += FishOption(" -n __fish_use_subcommand", option);
  }
  for (const CommandEntry& command : manual.commands) {
    out += fmt::format(
        "complete -c telltale -n __fish_use_subcommand -a {} -d '{}'\n",
        command.name, FishText(command.text));
    const std::string condition =
        fmt::format(" -n '__fish_seen_subcommand_from {}'", command.name);
    if (TakesPaths(command)) {
      out += fmt::format("complete -c telltale{} -F\n", condition);
    }
    const std::vector<std::string> choices = ArgumentChoices(command);
    if (!choices.empty()) {
      out += fmt::format("complete -c telltale{} -a '{}'\n", condition,
                         Joined(choices));
    }
    for (const OptionEntry& option : command.options) {
      if (!option.positional) {
        out += FishOption(condition, option);
      }
    }
  }
  return out;
}

}  // namespace telltale::cli
