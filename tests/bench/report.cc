#include "tests/bench/report.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace telltale::bench {

namespace {

struct Figures {
  double gbps = 0;  // 10^9 bytes per second
  double slowest = 0;
  double fastest = 0;
  double by_the_clock = 0;
  double relative = 0;  // speed, in those of the yardstick; run by run
};

Figures FiguresOf(const Report& report, const Measurement& one) {
  const auto bytes = static_cast<double>(report.corpus.text.size());
  const Measurement& yardstick = report.measurements.front();
  std::vector<double> ratios;
  for (size_t run = 0; run < one.seconds.size(); ++run) {
    ratios.push_back(yardstick.seconds[run] / one.seconds[run]);
  }
  const auto [least, most] =
      std::minmax_element(one.seconds.begin(), one.seconds.end());
  return {bytes / Median(one.seconds) / 1e9, bytes / *most / 1e9,
          bytes / *least / 1e9, bytes / Median(one.elapsed) / 1e9,
          Median(std::move(ratios))};
}

}  // namespace

std::string RenderText(const Report& report) {
  const Corpus& corpus = report.corpus;
  std::string out = fmt::format(
      "corpus: {:.1f} MB, {} lines, {} planted, seed {}; {} patterns; one "
      "thread, {} runs\n\n",
      static_cast<double>(corpus.text.size()) / 1e6, corpus.lines,
      corpus.planted, report.options.corpus.seed, report.patterns,
      report.options.runs);
  const auto add = std::back_inserter(out);
  fmt::format_to(add, "{:24} {:>10} {:>8} {:>15} {:>9} {:>8}\n", "engine",
                 "compile ms", "GB/s", "min..max", "relative", "matches");
  bool disturbed = false;
  for (const Measurement& one : report.measurements) {
    const Figures figures = FiguresOf(report, one);
    fmt::format_to(
        add, "{:24} {:>10.1f} {:>8.3f} {:>15} {:>8.3f}x {:>8}\n", one.name,
        one.compile_seconds * 1e3, figures.gbps,
        fmt::format("{:.3f}..{:.3f}", figures.slowest, figures.fastest),
        figures.relative,
        one.gives_pairs ? fmt::format("{}", one.pairs.size()) : "-");
    disturbed = disturbed || figures.by_the_clock < 0.9 * figures.gbps;
  }
  fmt::format_to(add,
                 "\nGB/s: 10^9 bytes per second of processor time, median; "
                 "relative: speed in\nthose of {}, median over the runs.\n",
                 report.measurements.front().name);
  if (disturbed) {
    out +=
        "The machine was busy: by the clock, scans took over a tenth longer.\n";
  }
  out += "\n";
  for (const Measurement& one : report.measurements) {
    fmt::format_to(add, "{:24} {}\n", one.name, one.about);
  }
  return out;
}

std::string RenderJson(const Report& report) {
  using Json = nlohmann::ordered_json;
  Json engines = Json::array();
  for (const Measurement& one : report.measurements) {
    const Figures figures = FiguresOf(report, one);
    engines.push_back({
        {"name", one.name},
        {"about", one.about},
        {"compile_ms", one.compile_seconds * 1e3},
        {"gbps", figures.gbps},
        {"gbps_min", figures.slowest},
        {"gbps_max", figures.fastest},
        {"gbps_by_the_clock", figures.by_the_clock},
        {"relative", figures.relative},
        {"matches", one.gives_pairs ? Json(one.pairs.size()) : Json()},
        {"seconds", one.seconds},
        {"elapsed", one.elapsed},
    });
  }
  const Json all = {
      {"corpus",
       {{"bytes", report.corpus.text.size()},
        {"lines", report.corpus.lines},
        {"planted", report.corpus.planted},
        {"seed", report.options.corpus.seed},
        {"density", report.options.corpus.density}}},
      {"patterns", report.patterns},
      {"runs", report.options.runs},
      {"engines", engines},
  };
  return all.dump(2) + "\n";
}

}  // namespace telltale::bench
