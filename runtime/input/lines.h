// Bytes of lines: counting ends, taking escape codes out.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace telltale::input {

size_t CountNewlines(std::string_view text);

// Copies `record` to `out` without terminal escape codes: CSI (ESC [ ...
// letter), strings (ESC ] _ P ^ X up to BEL or ESC \), two-byte escapes. False,
// and `out` untouched, if there is none.
bool StripEscapes(std::string_view record, std::string& out);

}  // namespace telltale::input
