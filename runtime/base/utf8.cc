#include "runtime/base/utf8.h"

namespace telltale {

size_t Utf8Size(std::string_view text) {
  const auto byte = [&](size_t k) {
    return static_cast<unsigned>(static_cast<unsigned char>(text[k]));
  };
  const unsigned first = byte(0);
  if (first < 0x80) {
    return 1;
  }
  size_t size = 0;
  unsigned code = 0;
  if (first >= 0xc2 && first < 0xe0) {
    size = 2;
    code = first & 0x1fu;
  } else if (first >= 0xe0 && first < 0xf0) {
    size = 3;
    code = first & 0x0fu;
  } else if (first >= 0xf0 && first < 0xf5) {
    size = 4;
    code = first & 0x07u;
  } else {
    return 0;
  }
  if (text.size() < size) {
    return 0;
  }
  for (size_t k = 1; k < size; ++k) {
    if ((byte(k) & 0xc0u) != 0x80u) {
      return 0;
    }
    code = code << 6u | (byte(k) & 0x3fu);
  }
  const bool overlong =
      (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
  const bool surrogate = code >= 0xd800 && code < 0xe000;
  return overlong || surrogate || code > 0x10ffff ? 0 : size;
}

}  // namespace telltale
