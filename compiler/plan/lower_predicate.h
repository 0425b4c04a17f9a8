// Internal: typed expressions to straight-line predicates.
#pragma once

#include "dsl/hir/module.h"
#include "runtime/vm/program.h"

namespace telltale::plan {

vm::Predicate LowerPredicate(const hir::Expr& expr);

}  // namespace telltale::plan
