#include "tests/bench/engine.h"

#include <array>
#include <numeric>

namespace telltale::bench {

namespace {

// Of our own, so that the speed of Telltale's does not count against the
// others: as fast as memory on any machine with vectors.
#if defined(__x86_64__)
__attribute__((target_clones("avx512bw", "avx2", "default")))
#endif
uint64_t
CountNewlines(const char* text, size_t size) {
  uint64_t count = 0;
  size_t at = 0;
  while (size - at >= 64) {
    std::array<uint8_t, 64> lanes{};
    const size_t rows = std::min<size_t>((size - at) / 64, 255);
    for (size_t row = 0; row < rows; ++row, at += 64) {
      for (size_t k = 0; k < 64; ++k) {
        lanes[k] = static_cast<uint8_t>(lanes[k] + (text[at + k] == '\n'));
      }
    }
    count = std::accumulate(lanes.begin(), lanes.end(), count);
  }
  for (; at < size; ++at) {
    count += text[at] == '\n' ? 1 : 0;
  }
  return count;
}

}  // namespace

std::string NameOf(std::string_view engine, Wording wording) {
  return std::string(engine) + (wording == Wording::Plain ? "-plain" : "");
}

size_t BlockEnd(std::string_view text, size_t begin) {
  const std::string_view rest = text.substr(begin);
  if (rest.size() <= kBlock) {
    return text.size();
  }
  size_t newline = rest.rfind('\n', kBlock - 1);
  if (newline == std::string_view::npos) {
    newline = std::min(rest.find('\n'), rest.size() - 1);
  }
  return begin + newline + 1;
}

uint64_t LineCounter::LineOf(std::string_view text, size_t offset) {
  line_ += CountNewlines(text.data() + counted_, offset - counted_);
  counted_ = offset;
  return line_;
}

}  // namespace telltale::bench
