// Internal: how much of a pattern a text matches, for a pattern that does not
// match it: which part was found, and what was looked for behind it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dsl/hir/module.h"

namespace telltale::driver {

// Why a pattern does not match.
struct Shortfall {
  // A `!` part, which must not be there, is.
  bool forbidden = false;
  std::string matched;    // of the term, as far as it is found: "" if nowhere
  std::string expected;   // what follows in the term
  size_t subject = 0;     // in which text
  uint32_t begin = 0;     // of what matched
  uint32_t stop = 0;      // the first byte behind it
  uint32_t evidence = 0;  // bytes of fixed text in what matched
};

// Nothing: the pattern matches. `captures` are named in what is shown.
std::optional<Shortfall> ShortfallOf(const hir::Pattern& pattern,
                                     std::span<const std::string_view> texts,
                                     std::span<const hir::Capture> captures);

}  // namespace telltale::driver
