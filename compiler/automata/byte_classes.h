// Internal: bytes that no set tells apart share a class.
#pragma once

#include <array>
#include <cstdint>

#include "runtime/base/bytes.h"
#include "runtime/vm/program.h"

namespace telltale::automata {

class ByteClasses {
 public:
  // Of bytes in one class either all or none are in `set`. Classes are numbered
  // as the bytes have them first.
  void Refine(const vm::ByteSet& set) {
    // Per old class: the new ones of those outside the set and inside.
    std::array<std::array<uint16_t, 2>, 256> split;
    for (auto& sides : split) {
      sides.fill(kNone);
    }
    uint16_t fresh = 0;
    for (unsigned byte = 0; byte < 256; ++byte) {
      uint16_t& cls = split[of_[byte]][set[byte] ? 1 : 0];
      if (cls == kNone) {
        cls = fresh++;
      }
      of_[byte] = cls;
    }
    count_ = fresh;
  }
  void RefineWords() { Refine(Where(IsWordByte)); }
  void RefineDigits() { Refine(Where(IsDigitByte)); }

  [[nodiscard]] const std::array<uint16_t, 256>& of() const { return of_; }
  [[nodiscard]] uint32_t count() const { return count_; }

 private:
  static constexpr uint16_t kNone = UINT16_MAX;

  static vm::ByteSet Where(bool (*is)(char)) {
    vm::ByteSet set;
    for (unsigned byte = 0; byte < 256; ++byte) {
      set[byte] = is(static_cast<char>(byte));
    }
    return set;
  }

  std::array<uint16_t, 256> of_{};
  uint32_t count_ = 1;
};

}  // namespace telltale::automata
