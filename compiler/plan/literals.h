// Literals: which bytes must stand in every record that a pattern matches. The
// prefilter looks for these, so a derived gate must be sound: a match without
// any of its grams would be a silent miss.
#pragma once

#include "dsl/hir/module.h"
#include "runtime/vm/program.h"

namespace telltale::plan {

// The gate of a pattern; no grams: none is usable, every record is tried.
vm::Gate GateOf(const hir::Pattern& pattern);
vm::Gate GateOf(const pattern::Node& node);

// How rarely a gram occurs in logs, in bits (more is rarer).
double Rarity(const vm::Gram& gram);

}  // namespace telltale::plan
