// What generated code calls.
#include "compiler/codegen/emit.h"

#include <string_view>

namespace telltale::codegen {

extern "C" int32_t tt_compare_text(const uint8_t* a, uint64_t a_size,
                                   const uint8_t* b, uint64_t b_size) {
  const std::string_view first(reinterpret_cast<const char*>(a), a_size);
  const std::string_view second(reinterpret_cast<const char*>(b), b_size);
  const int order = first.compare(second);
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

}  // namespace telltale::codegen
