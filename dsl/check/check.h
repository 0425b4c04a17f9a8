// Check: the syntax trees of all files of a compilation become one checked
// module: names resolved, types known, patterns lowered to pattern IR. check.cc
// is the table of contents.
#pragma once

#include <span>

#include "dsl/ast/ast.h"
#include "dsl/diag/diagnostic.h"
#include "dsl/hir/module.h"

namespace telltale::check {

// `files`: used files before their users; one flat namespace. The module is
// complete only if `diags` got no error.
hir::Module Check(std::span<const ast::File> files, DiagSink& diags);

}  // namespace telltale::check
