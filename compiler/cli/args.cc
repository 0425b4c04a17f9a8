#include <algorithm>
#include <charconv>
#include <map>
#include <sstream>

#include <CLI/CLI.hpp>

#include "compiler/cli/manual.h"
#include "compiler/cli/options.h"
#include "dsl/diag/diagnostic.h"

namespace telltale::cli {

namespace {

constexpr const char* kExitCodes =
    "Exit codes: 0 nothing found; 1 a root (why), an event (scan), a "
    "difference (diff), a gap\n(cover) or another layout (fmt --check) was "
    "found; 2 usage; 3 the rules do "
    "not "
    "compile or their tests fail; 4 an input was\nmissing, unreadable, "
    "unfinished or a folder without files, or the output could not be\nwritten "
    "(wins over 0 and 1).";

std::vector<std::string> CodesOf(bool warnings_only) {
  std::vector<std::string> codes;
  for (const diag::Kind& kind : diag::kAll) {
    if (!warnings_only || kind.severity == Severity::Warning) {
      codes.emplace_back(kind.code);
    }
  }
  return codes;
}

class Arguments {
 public:
  Arguments()
      : app_("say why a log stopped, and in which line it began", "telltale") {
    app_.require_subcommand(1);
    app_.footer(kExitCodes);
    app_.failure_message(CLI::FailureMessage::simple);
    app_.set_version_flag("--version", "telltale " TT_VERSION,
                          "print the version");
    app_.set_help_flag("-h,--help", "print this help");
    AddWhy();
    AddScan();
    AddDiff();
    AddLearn();
    AddCheck();
    AddTest();
    AddCover();
    AddFmt();
    AddPrint();
    AddExplain();
    AddCompletions();
    Add("man", "print the manual page: telltale man | man -l -", Command::Man);
    Add("version", "print the version", Command::Version);
    // Commands have taken over the footer as it was.
    app_.footer(
        std::string("Begin with: telltale why LOG\n"
                    "Help for one command: telltale COMMAND --help\n\n") +
        kExitCodes);
  }

  Manual Describe() const {
    Manual manual;
    manual.text = app_.get_description();
    manual.options = OptionsOf(app_);
    manual.footer = kExitCodes;
    for (const CLI::App* sub : app_.get_subcommands(nullptr)) {
      manual.commands.push_back(
          {sub->get_name(), sub->get_description(), OptionsOf(*sub)});
    }
    return manual;
  }

  Parsed Parse(int argc, const char* const* argv) {
    Parsed parsed;
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      // CLI11 reports by exceptions; they end here.
      std::ostringstream out;
      std::ostringstream err;
      const int code = app_.exit(error, out, err);
      parsed.out = out.str();
      parsed.error = err.str();
      parsed.exit_code = code == 0 ? 0 : kUsage;
      return parsed;
    }
    if (!Finish(&parsed)) {
      parsed.exit_code = kUsage;
      return parsed;
    }
    parsed.options = options_;
    return parsed;
  }

 private:
  CLI::App* Add(const char* name, const char* description, Command command) {
    CLI::App* sub = app_.add_subcommand(name, description);
    sub->callback([this, command] { options_.command = command; });
    return sub;
  }

  // An option with one of a few values.
  CLI::Option* AddChoice(CLI::App* sub, const char* name, std::string* value,
                         const std::vector<std::string>& choices,
                         const char* text) {
    std::string shown;
    for (const std::string& choice : choices) {
      shown += (shown.empty() ? "" : "|") + choice;
    }
    CLI::Option* option = sub->add_option(name, *value, text)
                              ->check(CLI::IsMember(choices).description(""))
                              ->type_name(shown);
    choices_[option] = choices;
    return option;
  }

  OptionEntry Describe(const CLI::Option& option) const {
    OptionEntry entry;
    entry.positional = !option.nonpositional();
    if (entry.positional) {
      entry.names = {option.get_name()};
    }
    for (const std::string& name : option.get_snames()) {
      entry.names.push_back("-" + name);
    }
    for (const std::string& name : option.get_lnames()) {
      entry.names.push_back("--" + name);
    }
    entry.text = option.get_description();
    entry.required = option.get_required();
    entry.repeatable =
        option.get_items_expected_max() > 1 ||
        option.get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll;
    const auto known = choices_.find(&option);
    if (known != choices_.end()) {
      entry.choices = known->second;
    }
    entry.placeholder = option.get_type_name();
    entry.operand = option.get_items_expected_max() == 0 ? Operand::None
                    : !entry.choices.empty()             ? Operand::Choice
                    : entry.placeholder == "FILE"        ? Operand::Path
                                                         : Operand::Other;
    return entry;
  }

  std::vector<OptionEntry> OptionsOf(const CLI::App& app) const {
    std::vector<OptionEntry> options;
    for (const CLI::Option* option : app.get_options()) {
      options.push_back(Describe(*option));
    }
    return options;
  }

  void AddFormat(CLI::App* sub) {
    AddChoice(sub, "--format", &format_, {"text", "json"}, "how to print it");
  }

  void AddColor(CLI::App* sub) {
    AddChoice(sub, "--color", &color_, {"auto", "always", "never"},
              "colours; auto: on a terminal, unless NO_COLOR is set");
  }

  void AddTier(CLI::App* sub, const char* text) {
    AddChoice(sub, "--tier", &tier_, {"auto", "vm", "jit"}, text);
  }

  void AddRuleFiles(CLI::App* sub) {
    sub->add_option("RULES", options_.rules,
                    "rule files (.tell); none: the standard library")
        ->type_name("FILE");
  }

  void AddSettings(CLI::App* sub) {
    sub->add_option(
           "--set", options_.settings,
           "give a param of the rules a value, such as slow=10m (repeatable)")
        ->take_all()
        ->allow_extra_args(false)
        ->type_name("NAME=VALUE");
  }

  void AddDeny(CLI::App* sub) {
    CLI::Option* deny =
        sub->add_option("--deny", options_.deny,
                        "make an error of this warning, such as W701; "
                        "`warnings`: of all (repeatable)")
            ->take_all()
            ->allow_extra_args(false)
            ->type_name("CODE")
            ->check([](const std::string& code) {
              return code == kAllWarnings || FindWarning(code) != nullptr
                         ? std::string()
                         : "there is no warning " + code;
            });
    choices_[deny] = CodesOf(true);
    choices_[deny].emplace_back(kAllWarnings);
  }

  void AddRules(CLI::App* sub) {
    sub->add_option("--rules", options_.rules,
                    "rule file in place of the standard library (repeatable)")
        ->take_all()
        ->allow_extra_args(false)  // what follows are logs
        ->type_name("FILE");
  }

  CLI::Option* AddLogs(CLI::App* sub) {
    return sub
        ->add_option("LOG", options_.inputs,
                     "logs: files, folders or archives; - is standard input")
        ->type_name("FILE");
  }

  void AddScanning(CLI::App* sub) {
    AddSettings(sub);
    sub->add_option("--source", options_.source,
                    "read all logs as this source of the rules; else the one "
                    "that fits is chosen")
        ->type_name("NAME");
    AddTier(sub,
            "what runs the patterns: vm interprets, jit compiles all to "
            "machine code first, auto compiles what is used most");
    AddChoice(sub, "--isa", &isa_, {"baseline", "v2", "v3", "v4"},
              "the instruction set to use; else the best that this "
              "machine has");
    sub->add_option("--jobs", options_.jobs,
                    "how many threads read logs; 0: one a processor")
        ->check(CLI::Range(0, 1024).description(""))
        ->type_name("N");
    sub->add_option("--date", options_.default_year,
                    "the year of time stamps that have none")
        ->check(CLI::Range(1970, 2200).description(""))
        ->type_name("YEAR");
    sub->add_flag("--stats", options_.stats,
                  "say on standard error what ran, on how much, how long");
    AddColor(sub);
    AddDeny(sub);
  }

  void AddWhy() {
    CLI::App* sub =
        Add("why", "name the line that stopped a run, and why", Command::Why);
    AddLogs(sub)->required();
    AddRules(sub);
    AddScanning(sub);
    AddFormat(sub);
    sub->add_option("--run", run_,
                    "which attempt of a log: last (that failed), first, all, "
                    "or its number")
        ->type_name("WHICH");
    sub->add_flag("--per-file", options_.per_file,
                  "judge each file of a folder on its own, not as one run");
  }

  void AddScan() {
    CLI::App* sub =
        Add("scan", "print every event: each line that a rule knows, in order",
            Command::Scan);
    AddLogs(sub)->required();
    AddRules(sub);
    AddScanning(sub);
    AddFormat(sub);
  }

  void AddDiff() {
    CLI::App* sub = Add("diff", "tell what other rules make of the same logs",
                        Command::Diff);
    sub->add_option("OLD", old_rules_,
                    "rule file; std/std.tell: the library that is built in")
        ->required()
        ->type_name("FILE");
    sub->add_option("NEW", new_rules_, "rule file")
        ->required()
        ->type_name("FILE");
    AddLogs(sub)->required();
    AddScanning(sub);
    sub->add_flag("--per-file", options_.per_file,
                  "judge each file of a folder on its own, not as one run");
  }

  void AddLearn() {
    CLI::App* sub = Add("learn", "make a first signature of a line of a log",
                        Command::Learn);
    sub->add_option("LOG", options_.inputs, "log, or - for standard input")
        ->required()
        ->expected(1)
        ->type_name("FILE");
    AddLine(sub)->required();
    AddRules(sub);
    AddSettings(sub);
  }

  CLI::Option* AddLine(CLI::App* sub) {
    return sub
        ->add_option("--line", options_.line, "which line of the log, from 1")
        ->check(CLI::Range(uint64_t{1}, UINT64_MAX).description(""))
        ->type_name("N");
  }

  void AddCheck() {
    CLI::App* sub =
        Add("check", "compile rule files, run their examples, tell warnings",
            Command::Check);
    AddRuleFiles(sub);
    AddSettings(sub);
    AddTier(sub,
            "where examples run: vm interprets; else as machine code, too");
    AddColor(sub);
    sub->add_option("--corpus", options_.corpus,
                    "logs in which to look for lines that only the case, "
                    "blanks or quotes keep from matching (repeatable)")
        ->take_all()
        ->allow_extra_args(false)
        ->type_name("LOG");
    AddDeny(sub);
    AddFormat(sub);
  }

  void AddTest() {
    CLI::App* sub =
        Add("test",
            "run the hits, misses and tests of rule files, and list "
            "them",
            Command::Test);
    AddRuleFiles(sub);
    sub->add_option("--filter", options_.filter,
                    "only those whose name holds this text")
        ->type_name("TEXT");
    sub->add_flag("--quiet", options_.quiet, "list only what fails");
    AddSettings(sub);
    AddTier(sub, "where they run: vm interprets; else as machine code, too");
    AddColor(sub);
    AddFormat(sub);
  }

  void AddCover() {
    CLI::App* sub =
        Add("cover",
            "tell which kinds of failure no rule knows, and, with logs, which "
            "rules never matched",
            Command::Cover);
    AddLogs(sub);
    AddRules(sub);
    AddScanning(sub);
    AddFormat(sub);
    sub->add_flag("--unexplained", options_.unexplained,
                  "of the logs, too: lines that look like failures, but that "
                  "no rule knows");
  }

  void AddFmt() {
    CLI::App* sub =
        Add("fmt", "lay rule files out, in place: one layout for all of them",
            Command::Fmt);
    sub->add_option("RULES", options_.rules,
                    "rule files, folders of them, or - for standard input, "
                    "which goes to standard output")
        ->required()
        ->type_name("FILE");
    sub->add_flag("--check", options_.only_check,
                  "write nothing: list the files that would change, with exit "
                  "code 1");
    AddColor(sub);
  }

  void AddPrint() {
    CLI::App* sub =
        Add("print", "print what a stage of the compiler made", Command::Print);
    AddRuleFiles(sub);
    AddSettings(sub);
    AddChoice(sub, "--stage", &options_.stage, {"ast", "hir", "plan", "llvm"},
              "which stage");
    AddChoice(sub, "--isa", &isa_, {"baseline", "v2", "v3", "v4"},
              "the instruction set that llvm is for");
  }

  void AddExplain() {
    CLI::App* sub = Add(
        "explain",
        "explain a diagnostic (E101), an item of the rules, or, with --log, a "
        "line of a log",
        Command::Explain);
    choices_[sub->add_option("WHAT", options_.subject,
                             "a code such as E101, or the name of a "
                             "signature, rule, block or source")
                 ->type_name("NAME")] = CodesOf(false);
    AddRules(sub);
    AddSettings(sub);
    sub->add_option("--log", log_, "explain a line of this log")
        ->type_name("FILE");
    AddLine(sub);
    sub->add_option("--source", options_.source,
                    "read the log as this source of the rules")
        ->type_name("NAME");
    sub->add_option("--date", options_.default_year,
                    "the year of time stamps that have none")
        ->check(CLI::Range(1970, 2200).description(""))
        ->type_name("YEAR");
    AddFormat(sub);
  }

  void AddCompletions() {
    CLI::App* sub =
        Add("completions", "print a script that completes commands and options",
            Command::Completions);
    AddChoice(sub, "SHELL", &options_.subject, {"bash", "zsh", "fish"},
              "for which shell")
        ->required();
  }

  bool Finish(Parsed* parsed) {
    options_.format = format_ == "json" ? Format::Json : Format::Text;
    options_.tier = *driver::TierNamed(tier_);
    if (options_.command == Command::Diff) {
      options_.rules = {old_rules_, new_rules_};
    }
    if (options_.command == Command::Explain && !FinishExplain(parsed)) {
      return false;
    }
    if (color_ != "auto") {
      options_.color = color_ == "always";
    }
    if (!isa_.empty()) {
      options_.isa = scan::IsaNamed(isa_);
      const std::vector<scan::Isa> usable = scan::UsableIsas();
      if (std::find(usable.begin(), usable.end(), *options_.isa) ==
          usable.end()) {
        parsed->error = "this machine does not run --isa " + isa_ + "\n";
        return false;
      }
    }
    using Kind = report::RunChoice::Kind;
    if (run_ == "first") {
      options_.run.kind = Kind::First;
    } else if (run_ == "all") {
      options_.run.kind = Kind::All;
    } else if (run_ != "last") {
      options_.run.kind = Kind::Number;
      const char* end = run_.data() + run_.size();
      const auto [at, error] =
          std::from_chars(run_.data(), end, options_.run.number);
      if (error != std::errc() || at != end || options_.run.number == 0) {
        parsed->error = "--run takes last, first, all or a number from 1\n";
        return false;
      }
    }
    return true;
  }

  bool FinishExplain(Parsed* parsed) {
    if (!log_.empty()) {
      options_.inputs = {log_};
    }
    if (log_.empty() != (options_.line == 0)) {
      parsed->error = "--log and --line belong together\n";
      return false;
    }
    if (log_.empty() && options_.subject.empty()) {
      parsed->error =
          "explain what? a code, an item of the rules, or --log FILE --line "
          "N\n";
      return false;
    }
    return true;
  }

  CLI::App app_;
  std::map<const CLI::Option*, std::vector<std::string>> choices_;
  Options options_;
  std::string format_ = "text";
  std::string tier_ = "auto";
  std::string isa_;
  std::string color_ = "auto";
  std::string run_ = "last";
  std::string old_rules_;
  std::string new_rules_;
  std::string log_;
};

}  // namespace

Parsed ParseArguments(int argc, const char* const* argv) {
  return Arguments().Parse(argc, argv);
}

Manual DescribeCommands() {
  return Arguments().Describe();
}

}  // namespace telltale::cli
