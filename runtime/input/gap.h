// Gap: bytes that were asked for and not read. Every one is reported; an answer
// never hides what it did not look at.
#pragma once

#include <cstdint>
#include <string>

namespace telltale::input {

struct Gap {
  std::string file;
  uint64_t offset = 0;  // of the first byte that was not read
  uint64_t bytes = 0;   // 0: not known
  std::string reason;   // a sentence that names the file
};

}  // namespace telltale::input
