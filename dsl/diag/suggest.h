// Did you mean: the candidate that is closest to a misspelt word.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace telltale {

// By edit distance with transpositions (Damerau-Levenshtein, restricted),
// letters compared without case; nothing if none is close enough to be meant.
std::optional<std::string> Closest(std::string_view word,
                                   std::span<const std::string> candidates);

}  // namespace telltale
