// Random patterns and lines for differential tests. Everything follows from the
// seed; a test prints the seed of the case that failed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "dsl/pattern/pattern.h"

namespace telltale::testing {

class Random {  // xorshift64*
 public:
  explicit Random(uint64_t seed) : state_(seed * 2 + 1) {
    Next();
    Next();
  }

  uint64_t Next() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return state_ * 0x2545f4914f6cdd1dULL;
  }
  // In [0, limit).
  uint32_t Below(uint32_t limit) {
    return static_cast<uint32_t>((Next() >> 33) % limit);
  }
  bool OneIn(uint32_t n) { return Below(n) == 0; }

 private:
  uint64_t state_;
};

// Letters, a capital, a digit, a blank: enough for every kind of look.
inline constexpr std::string_view kSmallAlphabet = "abAc1 ";

// A number from the environment: how many cases, where to begin.
uint64_t FromEnvironment(const char* name, uint64_t otherwise);

// Any pattern at all over the small alphabet: nested repeats, empty sides,
// looks, captures.
pattern::Node RandomNode(Random* random);
std::string RandomLine(Random* random);

// A pattern as authors write them, literal text with typed holes, and a line
// that often fits it.
struct TextCase {
  pattern::Node node;
  std::string line;
};
TextCase RandomTextCase(Random* random);

}  // namespace telltale::testing
