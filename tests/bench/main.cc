// telltale_bench: see README.md.
#include <algorithm>
#include <fstream>
#include <sched.h>

#include <fmt/format.h>

#include "tests/bench/corpus.h"
#include "tests/bench/engine.h"
#include "tests/bench/measure.h"
#include "tests/bench/options.h"
#include "tests/bench/report.h"

namespace telltale::bench {

namespace {

using Engines = std::vector<std::unique_ptr<Engine>>;

// Those that a call without options measures.
Engines UsualEngines() {
  using Tier = TelltaleOptions::Tier;
  using Work = TelltaleOptions::Work;
  const scan::Isa isa = scan::DetectIsa();
  Engines engines;
  engines.push_back(MakeTelltale({Tier::Jit, Work::Full, isa}));
  engines.push_back(MakeTelltale({Tier::Interpreter, Work::Full, isa}));
  engines.push_back(MakeTelltale({Tier::Jit, Work::Plain, isa}));
  engines.push_back(MakeTelltale({Tier::Interpreter, Work::Grams, isa}));
  for (const Wording wording : {Wording::Exact, Wording::Plain}) {
    engines.push_back(MakeVectorscan(wording));
    engines.push_back(MakeRe2(wording));
    engines.push_back(MakePcre2(Pcre2Method::Blocks, wording));
  }
  return engines;
}

Engines AllEngines() {
  using Tier = TelltaleOptions::Tier;
  using Work = TelltaleOptions::Work;
  Engines engines = UsualEngines();
  engines.push_back(
      MakeTelltale({Tier::Interpreter, Work::Plain, scan::DetectIsa()}));
  engines.push_back(
      MakeTelltale({Tier::Interpreter, Work::Newlines, scan::DetectIsa()}));
  for (const scan::Isa isa : scan::UsableIsas()) {
    if (isa != scan::DetectIsa()) {
      engines.push_back(MakeTelltale({Tier::Jit, Work::Full, isa}));
      engines.push_back(MakeTelltale({Tier::Interpreter, Work::Grams, isa}));
    }
  }
  for (const Wording wording : {Wording::Exact, Wording::Plain}) {
    engines.push_back(MakePcre2(Pcre2Method::Lines, wording));
    engines.push_back(MakePcre2(Pcre2Method::Alternation, wording));
  }
  return engines;
}

// Empty: one of the names is wrong, which was said.
Engines ChooseEngines(const Options& options) {
  if (options.engines.empty()) {
    return options.all_engines ? AllEngines() : UsualEngines();
  }
  Engines all = AllEngines();
  Engines chosen;
  for (const std::string& name : options.engines) {
    const auto found = std::find_if(
        all.begin(), all.end(), [&](const std::unique_ptr<Engine>& engine) {
          return engine != nullptr && engine->name() == name;
        });
    if (found == all.end()) {
      fmt::print(stderr, "telltale_bench: no engine `{}` is left; there are",
                 name);
      for (const std::unique_ptr<Engine>& engine : AllEngines()) {
        fmt::print(stderr, " {}", engine->name());
      }
      fmt::print(stderr, "\n");
      return {};
    }
    chosen.push_back(std::move(*found));
  }
  return chosen;
}

// All engines run on one processor.
void StayOn(int cpu) {
  const int here = cpu >= 0 ? cpu : sched_getcpu();
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<size_t>(std::max(here, 0)), &set);
  if (here < 0 || sched_setaffinity(0, sizeof(set), &set) != 0) {
    fmt::print(stderr, "telltale_bench: cannot stay on processor {}\n", here);
  }
}

bool WriteFile(const std::string& path, std::string_view text) {
  std::ofstream out(path, std::ios::binary);
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
  if (!out.flush()) {
    fmt::print(stderr, "telltale_bench: cannot write `{}`\n", path);
    return false;
  }
  return true;
}

bool WriteInputs(const std::string& folder, const Corpus& corpus,
                 std::span<const Pattern> patterns) {
  std::string regexes;
  for (const Pattern& pattern : patterns) {
    regexes += fmt::format("{}\t{}\t{}\n", pattern.name,
                           RegexOf(pattern, Wording::Exact),
                           RegexOf(pattern, Wording::Plain));
  }
  return WriteFile(folder + "/corpus.log", corpus.text) &&
         WriteFile(folder + "/bench.tell", RulesFor(patterns, true)) &&
         WriteFile(folder + "/regexes.txt", regexes);
}

int Run(const Options& options) {
  const std::vector<Pattern> patterns =
      MakePatterns(options.rules, options.classes);
  const Corpus corpus = MakeCorpus(options.corpus, patterns);
  if (!options.write.empty()) {
    return WriteInputs(options.write, corpus, patterns) ? 0 : 1;
  }
  const Engines engines = ChooseEngines(options);
  if (engines.empty()) {
    return 2;
  }
  StayOn(options.cpu);
  const auto measured = Measure(engines, patterns, corpus.text, options.runs);
  if (!measured.has_value()) {
    fmt::print(stderr, "telltale_bench: {}\n", measured.error().message);
    return 1;
  }
  const std::string differences = Differences(*measured, patterns, corpus.text);
  const Report report{options, corpus, patterns.size(), *measured};
  fmt::print("{}", options.json ? RenderJson(report) : RenderText(report));
  if (!differences.empty()) {
    fmt::print(stderr, "telltale_bench: not all engines found the same\n{}",
               differences);
    return 1;
  }
  return 0;
}

}  // namespace

}  // namespace telltale::bench

int main(int argc, char** argv) {
  int exit_code = 0;
  const auto options = telltale::bench::ParseArguments(argc, argv, &exit_code);
  return options.has_value() ? telltale::bench::Run(*options) : exit_code;
}
