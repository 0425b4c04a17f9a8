// What the command line of telltale_bench says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/bench/corpus.h"

namespace telltale::bench {

struct Options {
  CorpusOptions corpus;
  size_t runs = 0;
  bool json = false;
  size_t rules = 0;                  // how many patterns
  bool classes = false;              // patterns without a literal too
  std::vector<std::string> engines;  // empty: the usual ones
  bool all_engines = false;
  std::string write;  // folder for corpus and rules; empty: none
  int cpu = -1;       // to run on; -1: wherever it is at the start
};

// Nothing: `exit_code` is what to leave with, the message has been printed.
std::optional<Options> ParseArguments(int argc, const char* const* argv,
                                      int* exit_code);

}  // namespace telltale::bench
