#include "tests/bench/engine.h"

#include "runtime/input/lines.h"

namespace telltale::bench {

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
  line_ += input::CountNewlines(text.substr(counted_, offset - counted_));
  counted_ = offset;
  return line_;
}

}  // namespace telltale::bench
