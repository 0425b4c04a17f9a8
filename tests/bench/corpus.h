// The corpus: made up lines of training, serving, kernel, build and web logs,
// with lines that match a pattern strewn in. Everything follows from the seed.
//
// Fields of templates: %i number, %n one digit, %C five digits, %r rank, %P
// process, %f decimal, %e with exponent, %b size, %h host, %p PCI address, %x
// 16 hex digits, %w word, %W dotted name, %F path, %a IP address, %t ISO time,
// %s syslog time, %g glog time, %d duration, %v version, %m model, %% percent.
// A template that begins with ^ is a line without anything before it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "tests/bench/patterns.h"

namespace telltale::bench {

struct CorpusOptions {
  size_t bytes = 0;
  uint64_t seed = 0;
  double density = 0;  // lines with a planted sample, per line
};

struct Corpus {
  std::string text;  // ASCII; lines end in \n
  size_t lines = 0;
  size_t planted = 0;
};

Corpus MakeCorpus(const CorpusOptions& options,
                  std::span<const Pattern> patterns);

// A line that the pattern matches, always the same.
std::string SampleOf(const Pattern& pattern);

// ---- corpus_table.cc

// Lines that one program writes.
struct Program {
  uint32_t weight;  // its share of the corpus
  std::span<const std::string_view> lines;
};
std::span<const Program> Programs();
// Lines that look like a failure to a hasty reader but match nothing.
std::span<const std::string_view> NearMisses();
// What may stand before a planted line.
std::span<const std::string_view> Prefixes();
std::span<const std::string_view> Words();
std::span<const std::string_view> Models();

}  // namespace telltale::bench
