// Check: the syntax trees of all files of a compilation become one checked
// module: names resolved, types known, patterns lowered to pattern IR. check.cc
// is the table of contents.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dsl/ast/ast.h"
#include "dsl/diag/diagnostic.h"
#include "dsl/hir/module.h"

namespace telltale::check {

// `files`: used files before their users. `uses`: per file and `use` of it,
// which file that is (kNoFile: it was not found). A file's names are known
// everywhere as they are written, or, where it is only used under names, under
// the first of these. `settings`: values for params, which win over all others.
// The module is complete only if `diags` got no error.
inline constexpr size_t kNoFile = SIZE_MAX;
hir::Module Check(std::span<const ast::File> files,
                  std::span<const std::vector<size_t>> uses,
                  std::span<const ast::Assignment> settings, DiagSink& diags);

}  // namespace telltale::check
