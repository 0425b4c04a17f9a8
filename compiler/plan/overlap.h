// Overlap: what the patterns of two signatures have to do with each other.
#pragma once

#include <string>
#include <vector>

#include "compiler/automata/relate.h"
#include "dsl/diag/diagnostic.h"
#include "dsl/hir/module.h"

namespace telltale::plan {

// Does every message that `a` matches match `b`, too? `Yes` is a proof; `No`
// and `Undecided` are not told apart.
bool Implies(const hir::Pattern& a, const hir::Pattern& b);

// Messages that both match because the fixed text of one lies within that of
// the other; empty: there is none, or none was found in the time allowed. A gap
// of the outer one hides nothing: of `"a{*}b"` and `"c"` no message is given,
// for any two texts can stand on one line. Candidates: a condition, or a `!`,
// may still refuse them.
std::vector<std::string> CommonMessages(const hir::Pattern& a,
                                        const hir::Pattern& b);

// The fixed text that a match of the pattern may hold, runs of it in lines.
std::string FixedText(const hir::Pattern& pattern);

// A shortest message that the pattern matches; empty if none was found.
std::string ShortestMessage(const hir::Pattern& pattern);

// E203: a hole that is always as short as can be, since the next one takes
// whatever it leaves.
void FindMergedHoles(const hir::Module& module, DiagSink& diags);

// W704: an alternative that adds nothing to the others.
void FindUselessAlternatives(const hir::Module& module, DiagSink& diags);

}  // namespace telltale::plan
