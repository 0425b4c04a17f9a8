// Limits of matching programs, checked by Verify before a program runs. They
// hold for programs of every origin, so they also bound what a damaged or
// hostile pack can ask for.
#pragma once

#include <cstddef>
#include <cstdint>

namespace telltale::vm {

// Ten times the largest rule collection known (Sigma, some 4,000 rules), with
// several terms a rule.
inline constexpr size_t kMaxTerms = 200'000;

// Instructions of one term. A /regex/ may expand to 10,000; a term may join
// several. Time per byte is proportional to it.
inline constexpr size_t kMaxTermCode = 100'000;

// Registers of one term: 511 captures. A thread is copied with its registers.
inline constexpr uint32_t kMaxRegisters = 1'024;

// Instructions times registers of one term: what a thread list takes, four
// bytes each. 16 MB a list, two lists a scanning thread.
inline constexpr size_t kMaxTermState = 4'000'000;

// Instructions of a predicate: straight-line code, run once per candidate.
inline constexpr size_t kMaxPredicateCode = 10'000;

// Steps of a rule that may come in any order: state is two to their number.
inline constexpr size_t kMaxStageMembers = 6;

// Values that `mean(x, N)` and the like look back at.
inline constexpr uint32_t kMaxHistory = 10'000;

// Nesting of `& | !` in a signature; the parser allows 64 levels.
inline constexpr size_t kMaxPatternDepth = 128;

}  // namespace telltale::vm
