// Measuring: all engines in turn, run after run, so that what else the machine
// does hits all alike; then the figures.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/engine.h"

namespace telltale::bench {

struct Measurement {
  std::string name;
  std::string about;
  double compile_seconds = 0;
  bool gives_pairs = true;
  std::vector<Pair> pairs;      // sorted
  std::vector<double> seconds;  // processor time of each run
  std::vector<double> elapsed;  // the same by the clock on the wall
};

// Compiles each engine, lets each find the pairs once (which also warms up),
// and times `runs` more scans of each; fails if an engine does, or if two scans
// of one engine differ.
Result<std::vector<Measurement>> Measure(
    std::span<const std::unique_ptr<Engine>> engines,
    std::span<const Pattern> patterns, std::string_view text, size_t runs);

// Pairs that one engine has and the first one with pairs has not, or the other
// way round, with their lines; empty: all are the same.
std::string Differences(std::span<const Measurement> measurements,
                        std::span<const Pattern> patterns,
                        std::string_view text);

double Median(std::vector<double> values);

// Processor time of this thread.
double ThreadSeconds();

}  // namespace telltale::bench
