// UTF-8, for those who print or check text that may not be any.
#pragma once

#include <cstddef>
#include <string_view>

namespace telltale {

// The bytes of the character that `text` begins with, as RFC 3629 has it; 0 if
// it begins with none. `text` is not empty.
size_t Utf8Size(std::string_view text);

}  // namespace telltale
