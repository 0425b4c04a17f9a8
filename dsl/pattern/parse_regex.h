// ParseRegex: the text between the slashes of /.../ as a pattern. By hand, so
// that each mistake has its span and its reason. Strictly regular: what would
// need backtracking is refused with a way out.
#pragma once

#include <string_view>

#include "dsl/diag/diagnostic.h"
#include "dsl/pattern/pattern.h"

namespace telltale::pattern {

// A repeat may ask for this many copies, and one regex may expand to this many
// instructions; above, matching would need megabytes.
inline constexpr uint32_t kMaxRepeat = 1000;
inline constexpr uint64_t kMaxExpanded = 10'000;

// `span` is that of `regex` in its file. `fold`: letters match either case.
// After an error the result matches nothing.
Node ParseRegex(std::string_view regex, Span span, bool fold, DiagSink& diags);

}  // namespace telltale::pattern
