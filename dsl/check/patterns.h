// Internal: written patterns to pattern IR.
#pragma once

#include <set>
#include <vector>

#include "dsl/check/context.h"

namespace telltale::check {

// Where a pattern stands decides how blanks in it are read.
enum class PatternPlace {
  Message,  // a blank is a run of blanks
  Prefix,   // a blank at the end is exactly one blank or tab
  Line,     // a blank right before {msg} is exactly one blank or tab
};

// Captures are added to `captures` (by name; `msg` too in a line pattern).
hir::Pattern CheckPattern(const ast::Pattern& pattern, PatternPlace place,
                          std::vector<hir::Capture>* captures,
                          Context* context);

// Marks captures that a match may leave unbound.
void MarkMaybeAbsent(const hir::Pattern& pattern,
                     std::vector<hir::Capture>* captures);

// E205, E201 and, for signatures, E202.
void CheckReach(const hir::Pattern& pattern, bool may_match_all,
                Context* context);

// A `files` text as a pattern over whole paths: `*` stays in its folder, a
// leading `*/` is any folder, a text without `/` is about the file's name.
hir::Pattern CheckGlob(const ast::Pattern& text,
                       std::vector<hir::Capture>* captures, std::string* glob,
                       Context* context);

}  // namespace telltale::check
