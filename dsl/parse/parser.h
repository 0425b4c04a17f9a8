// Parse: the text of a rule file becomes its syntax tree. Several errors per
// file are reported: after one, parsing resumes at the next item.
#pragma once

#include "dsl/ast/ast.h"
#include "dsl/diag/diagnostic.h"
#include "dsl/source/source_map.h"

namespace telltale {

// Patterns, expressions, taxonomies and templates may nest this deep.
inline constexpr int kMaxNesting = 64;

// The tree holds what could be understood; if `diags` got an error it is not
// the whole file.
ast::File Parse(const SourceMap& sources, SourceId id, DiagSink& diags);

}  // namespace telltale
