// Internal: matched grammar rules to ast nodes.
#pragma once

#include "dsl/ast/ast.h"
#include "dsl/diag/diagnostic.h"
#include "dsl/parse/syntax.h"
#include "dsl/source/source_map.h"

namespace telltale::parse {

// Adds one matched item (`sig`, `use`, `pack`, ...) to the file.
void AddItem(const SourceMap& sources, const Syntax& syntax, DiagSink& diags,
             ast::File* file);

}  // namespace telltale::parse
