#include "runtime/input/lines.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>

namespace telltale::input {

namespace {

constexpr char kEscape = '\x1b';
constexpr char kBell = '\x07';

// Where the escape code that begins at `at` ends.
size_t CodeEnd(std::string_view text, size_t at) {
  if (at + 1 >= text.size()) {
    return text.size();
  }
  const char kind = text[at + 1];
  if (kind == '[') {  // parameters, then one final byte
    size_t end = at + 2;
    while (end < text.size() && text[end] >= 0x20 && text[end] <= 0x3f) {
      ++end;
    }
    const bool complete =
        end < text.size() && text[end] >= 0x40 && text[end] <= 0x7e;
    return complete ? end + 1 : end;
  }
  if (kind == ']' || kind == '_' || kind == 'P' || kind == '^' || kind == 'X') {
    for (size_t end = at + 2; end < text.size(); ++end) {
      if (text[end] == kBell) {
        return end + 1;
      }
      if (text[end] == kEscape) {
        const bool closes = end + 1 < text.size() && text[end + 1] == '\\';
        return closes ? end + 2 : end;
      }
    }
    return text.size();
  }
  return at + 2;
}

}  // namespace

// Lanes of bytes are what compilers vectorise; std::count is not.
#if defined(__x86_64__)
__attribute__((target_clones("avx2", "default")))
#endif
size_t
CountNewlines(std::string_view text) {
  constexpr size_t kLanes = 64;
  size_t count = 0;
  size_t at = 0;
  while (text.size() - at >= kLanes) {
    std::array<uint8_t, kLanes> lanes{};
    const size_t rows = std::min<size_t>((text.size() - at) / kLanes, 255);
    for (size_t row = 0; row < rows; ++row, at += kLanes) {
      for (size_t k = 0; k < kLanes; ++k) {
        lanes[k] = static_cast<uint8_t>(lanes[k] + (text[at + k] == '\n'));
      }
    }
    count = std::accumulate(lanes.begin(), lanes.end(), count);
  }
  return count +
         static_cast<size_t>(std::count(
             text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), '\n'));
}

bool StripEscapes(std::string_view record, std::string& out) {
  size_t at = record.find(kEscape);
  if (at == std::string_view::npos) {
    return false;
  }
  std::string plain(record.substr(0, at));
  while (at < record.size()) {
    if (record[at] == kEscape) {
      at = CodeEnd(record, at);
      continue;
    }
    const size_t next = std::min(record.find(kEscape, at), record.size());
    plain.append(record.substr(at, next - at));
    at = next;
  }
  out = std::move(plain);
  return true;
}

}  // namespace telltale::input
