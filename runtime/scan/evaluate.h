// Evaluate: does a pattern (terms joined by and, or, not) match one
// record, or the records of one block?
#pragma once

#include <compare>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "runtime/scan/engine.h"

namespace telltale::scan {

// One text to search: a message, or a window of a long one.
struct Subject {
  std::string_view text;
  uint32_t flags = TT_AT_START | TT_AT_END;
};

// Where each term of the pattern matched.
struct TermMatch {
  bool matched = false;
  size_t subject = 0;  // which record
  Match match;
};

// Where a match begins.
struct Place {
  size_t subject = 0;
  uint32_t begin = 0;

  auto operator<=>(const Place&) const = default;
};

// The place that the event belongs to: where the first written positive term
// matched first (the first subject, if there is none). Nothing: no match.
// `terms` gets one entry per term; only those of the alternative that won are
// `matched`.
//
// Each term is searched in every subject, a term never spans subjects, a `!`
// holds where no subject matches; of alternatives the earliest start wins, then
// the written order.
std::optional<Place> Evaluate(const Engine& engine, const vm::Pattern& pattern,
                              std::span<const Subject> subjects,
                              Scratch* scratch, std::vector<TermMatch>* terms);

// Does the pattern match this one text?
bool Matches(const Engine& engine, const vm::Pattern& pattern,
             std::string_view text, Scratch* scratch);

// Does the term match the text of a value? Absent if that is.
vm::Value MatchValue(const Engine& engine, vm::TermId term,
                     const vm::Value& value, Scratch* scratch);

// The value of a slot that a capture gives; absent if it was not bound.
vm::Value CaptureValue(const vm::Slot& slot, std::span<const Subject> subjects,
                       std::span<const TermMatch> terms);

}  // namespace telltale::scan
