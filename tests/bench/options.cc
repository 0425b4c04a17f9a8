#include "tests/bench/options.h"

#include <CLI/CLI.hpp>

namespace telltale::bench {

std::optional<Options> ParseArguments(int argc, const char* const* argv,
                                      int* exit_code) {
  Options options;
  options.corpus.bytes = 64 * 1024 * 1024;
  options.corpus.seed = 1;
  options.corpus.density = 1.0 / 5000;
  options.runs = 5;
  options.rules = LiteralPatterns().size();
  std::string format = "text";

  CLI::App app("Measures Telltale and other engines on the same made up log.",
               "telltale_bench");
  app.failure_message(CLI::FailureMessage::simple);
  app.footer(
      "Exit codes: 0 all engines found the same; 1 they did not, or one "
      "failed; 2 usage.\ntests/bench/README.md says what is measured.");
  app.add_option("--bytes", options.corpus.bytes,
                 "size of the corpus, also as 64MB or 1GB")
      ->transform(CLI::AsSizeValue(false))
      ->check(CLI::Range(size_t{1}, size_t{1} << 40))
      ->capture_default_str();
  app.add_option("--seed", options.corpus.seed, "the corpus follows from it")
      ->capture_default_str();
  app.add_option("--density", options.corpus.density,
                 "lines with a planted match, per line")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  app.add_option("--runs", options.runs, "timed runs of each engine")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--format", format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  app.add_option("--engine", options.engines,
                 "measure this one (repeatable); first is what the others are "
                 "compared with")
      ->take_all()
      ->type_name("NAME");
  app.add_flag("--all", options.all_engines,
               "every engine, every instruction set level; slow");
  app.add_option("--rules", options.rules, "how many patterns")
      ->check(CLI::Range(size_t{1}, MostPatterns()))
      ->capture_default_str();
  app.add_flag("--classes", options.classes,
               "a twentieth of the patterns have no literal");
  app.add_option("--cpu", options.cpu, "the processor to stay on")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--write", options.write,
                 "write corpus.log, bench.tell and regexes.txt to this folder, "
                 "measure nothing")
      ->type_name("FOLDER");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // CLI11 reports by exceptions; they end here.
    const int code = app.exit(error);
    *exit_code = code == 0 ? 0 : 2;
    return std::nullopt;
  }
  options.json = format == "json";
  return options;
}

}  // namespace telltale::bench
