// Parse: the text of a rule file becomes its syntax tree. Several errors per
// file are reported: after one, parsing resumes at the next item.
#pragma once

#include "dsl/ast/ast.h"
#include "dsl/diag/diagnostic.h"
#include "dsl/source/source_map.h"

namespace telltale {

// Patterns, expressions, taxonomies and templates may nest this deep.
inline constexpr int kMaxNesting = 64;
// So many operands stand in one row of `or`, `and`, `+` or `*`: the tree leans
// to the left, and each pass descends along it.
inline constexpr size_t kMaxOperands = 1'000;

// The tree holds what could be understood; if `diags` got an error it is not
// the whole file.
ast::File Parse(const SourceMap& sources, SourceId id, DiagSink& diags);

}  // namespace telltale
