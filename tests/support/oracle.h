// The oracle: what a pattern matches, by backtracking over the pattern itself.
// Slow and written to be obviously right; it shares nothing with the terms and
// engines that it judges.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "dsl/pattern/pattern.h"

namespace telltale::testing {

struct OracleSpan {
  bool set = false;
  uint32_t begin = 0;
  uint32_t end = 0;

  bool operator==(const OracleSpan&) const = default;
};

struct OracleMatch {
  OracleSpan whole;
  // One per Capture node of the pattern, in the order they are written.
  std::vector<OracleSpan> captures;

  bool operator==(const OracleMatch&) const = default;
};

// The leftmost match, of those the preferred one. `flags`: TT_AT_START,
// TT_AT_END. Recurses as deep as the match is long: for short texts.
std::optional<OracleMatch> FindByBacktracking(const pattern::Node& node,
                                              std::string_view text,
                                              uint32_t flags);

}  // namespace telltale::testing
