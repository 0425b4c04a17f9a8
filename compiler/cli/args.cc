#include <algorithm>
#include <charconv>
#include <sstream>

#include <CLI/CLI.hpp>

#include "compiler/cli/options.h"
#include "dsl/diag/diagnostic.h"

namespace telltale::cli {

namespace {

constexpr const char* kExitCodes =
    "Exit codes: 0 nothing found; 1 a root (why), an event (scan) or a "
    "difference (diff) was\nfound; 2 usage; 3 the rules do not compile or "
    "their "
    "tests fail; 4 an input was missing,\nunreadable, unfinished or a folder "
    "without files, or the output could not be written\n(wins over 0 and 1).";

class Arguments {
 public:
  Arguments() : app_("Telltale says why a log stopped.", "telltale") {
    app_.require_subcommand(1);
    app_.footer(kExitCodes);
    app_.failure_message(CLI::FailureMessage::simple);
    app_.set_version_flag("--version", "telltale " TT_VERSION);
    AddWhy();
    AddScan();
    AddDiff();
    AddLearn();
    AddCheck();
    AddPrint();
    AddExplain();
    AddVersion();
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

  void AddFormat(CLI::App* sub) {
    sub->add_option("--format", format_, "text or json")
        ->check(CLI::IsMember({"text", "json"}));
  }

  void AddSettings(CLI::App* sub) {
    sub->add_option("--set", options_.settings,
                    "value of a param, such as slow=10m (repeatable)")
        ->take_all()
        ->allow_extra_args(false)
        ->type_name("NAME=VALUE");
  }

  void AddDeny(CLI::App* sub) {
    sub->add_option("--deny", options_.deny,
                    "make an error of this warning, such as W701; warnings: "
                    "of all (repeatable)")
        ->take_all()
        ->allow_extra_args(false)
        ->type_name("CODE")
        ->check([](const std::string& code) {
          return code == kAllWarnings || FindWarning(code) != nullptr
                     ? std::string()
                     : "there is no warning " + code;
        });
  }

  void AddRules(CLI::App* sub) {
    sub->add_option("--rules", options_.rules,
                    "rule file in place of the standard library (repeatable)")
        ->take_all()
        ->allow_extra_args(false)  // what follows are logs
        ->type_name("FILE");
  }

  void AddScanning(CLI::App* sub) {
    sub->add_option("LOG", options_.inputs,
                    "logs: files, folders, archives, - for standard input")
        ->required();
    AddSettings(sub);
    sub->add_option("--source", options_.source,
                    "the source that reads the logs, whatever they look like");
    sub->add_option("--tier", tier_, "auto, vm (interpreter) or jit")
        ->check(CLI::IsMember({"auto", "vm", "jit"}));
    sub->add_option("--isa", isa_, "instruction set: baseline, v2, v3 or v4")
        ->check(CLI::IsMember({"baseline", "v2", "v3", "v4"}));
    sub->add_option("--jobs", options_.jobs, "threads; 0: all processors")
        ->check(CLI::Range(0, 1024));
    sub->add_option("--date", options_.default_year,
                    "year of stamps that have none")
        ->check(CLI::Range(1970, 2200));
    sub->add_flag("--stats", options_.stats, "say on stderr what ran");
    sub->add_option("--color", color_, "auto, always or never")
        ->check(CLI::IsMember({"auto", "always", "never"}));
    AddDeny(sub);
  }

  void AddWhy() {
    CLI::App* sub =
        Add("why", "name the line that stopped a run, and why", Command::Why);
    AddRules(sub);
    AddScanning(sub);
    AddFormat(sub);
    sub->add_option("--run", run_,
                    "which attempt: last (with a root), first, all, or a "
                    "number");
    sub->add_flag("--per-file", options_.per_file,
                  "judge each file of a folder on its own");
  }

  void AddScan() {
    CLI::App* sub = Add("scan", "print every event", Command::Scan);
    AddRules(sub);
    AddScanning(sub);
    AddFormat(sub);
  }

  void AddDiff() {
    CLI::App* sub =
        Add("diff", "what other rules make of the same logs", Command::Diff);
    sub->add_option("OLD", old_rules_,
                    "rule file; std/std.tell: the library that is built in")
        ->required();
    sub->add_option("NEW", new_rules_, "rule file")->required();
    AddScanning(sub);
    sub->add_flag("--per-file", options_.per_file,
                  "each file of a folder on its own");
  }

  void AddLearn() {
    CLI::App* sub = Add("learn", "make a first signature of a line of a log",
                        Command::Learn);
    sub->add_option("LOG", options_.inputs, "log, or - for standard input")
        ->required()
        ->expected(1);
    sub->add_option("--line", options_.line, "which line, from 1")
        ->required()
        ->check(CLI::PositiveNumber);
    AddRules(sub);
    AddSettings(sub);
  }

  void AddCheck() {
    CLI::App* sub = Add("check", "compile rule files and run their examples",
                        Command::Check);
    sub->add_option("RULES", options_.rules,
                    "rule files; none: the standard library");
    AddSettings(sub);
    sub->add_option("--tier", tier_, "auto, vm or jit: where examples run")
        ->check(CLI::IsMember({"auto", "vm", "jit"}));
    sub->add_option("--color", color_, "auto, always or never")
        ->check(CLI::IsMember({"auto", "always", "never"}));
    sub->add_option("--corpus", options_.corpus,
                    "logs in which to look for lines that only the case, "
                    "blanks or quotes keep from matching (repeatable)")
        ->take_all()
        ->allow_extra_args(false)
        ->type_name("LOG");
    AddDeny(sub);
    AddFormat(sub);
  }

  void AddPrint() {
    CLI::App* sub =
        Add("print", "print what a stage of the compiler made", Command::Print);
    sub->add_option("RULES", options_.rules,
                    "rule files; none: the standard library");
    AddSettings(sub);
    sub->add_option("--stage", options_.stage, "ast, hir, plan or llvm")
        ->check(CLI::IsMember({"ast", "hir", "plan", "llvm"}));
    sub->add_option("--isa", isa_, "instruction set: baseline, v2, v3 or v4")
        ->check(CLI::IsMember({"baseline", "v2", "v3", "v4"}));
  }

  void AddExplain() {
    CLI::App* sub =
        Add("explain", "explain a diagnostic, such as E101", Command::Explain);
    sub->add_option("CODE", options_.inputs, "the code")
        ->required()
        ->expected(1);
  }

  void AddVersion() { Add("version", "print the version", Command::Version); }

  bool Finish(Parsed* parsed) {
    options_.format = format_ == "json" ? Format::Json : Format::Text;
    options_.tier = *driver::TierNamed(tier_);
    if (options_.command == Command::Diff) {
      options_.rules = {old_rules_, new_rules_};
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

  CLI::App app_;
  Options options_;
  std::string format_ = "text";
  std::string tier_ = "auto";
  std::string isa_;
  std::string color_ = "auto";
  std::string run_ = "last";
  std::string old_rules_;
  std::string new_rules_;
};

}  // namespace

Parsed ParseArguments(int argc, const char* const* argv) {
  return Arguments().Parse(argc, argv);
}

}  // namespace telltale::cli
