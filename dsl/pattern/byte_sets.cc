#include "dsl/pattern/byte_sets.h"

namespace telltale::pattern {

ByteSet Range(unsigned from, unsigned to) {
  ByteSet set;
  for (unsigned byte = from; byte <= to; ++byte) {
    set.set(byte);
  }
  return set;
}

ByteSet Digits() {
  return Range('0', '9');
}

ByteSet WordBytes() {
  ByteSet set = Digits() | Range('a', 'z') | Range('A', 'Z');
  set.set('_');
  return set;
}

ByteSet Spaces() {
  ByteSet set = Range('\t', '\r');
  set.set(' ');
  return set;
}

std::optional<ByteSet> NamedClass(char letter) {
  switch (letter) {
    case 'd':
      return Digits();
    case 'D':
      return ~Digits();
    case 'w':
      return WordBytes();
    case 'W':
      return ~WordBytes();
    case 's':
      return Spaces();
    case 'S':
      return ~Spaces();
    default:
      return std::nullopt;
  }
}

ByteSet Folded(ByteSet set) {
  for (unsigned lower = 'a'; lower <= 'z'; ++lower) {
    const unsigned upper = lower ^ 0x20u;
    if (set[lower] || set[upper]) {
      set.set(lower);
      set.set(upper);
    }
  }
  return set;
}

}  // namespace telltale::pattern
