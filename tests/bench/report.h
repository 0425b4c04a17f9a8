// The figures of a run, for people and as JSON.
#pragma once

#include <span>
#include <string>

#include "tests/bench/measure.h"
#include "tests/bench/options.h"

namespace telltale::bench {

struct Report {
  const Options& options;
  const Corpus& corpus;
  size_t patterns = 0;
  std::span<const Measurement> measurements;  // the first is the yardstick
};

std::string RenderText(const Report& report);
std::string RenderJson(const Report& report);

}  // namespace telltale::bench
