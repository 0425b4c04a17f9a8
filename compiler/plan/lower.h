// Lower: the checked module becomes the matching program. Patterns become
// terms (prioritised NFAs) with the literals that announce them, expressions
// become straight-line predicates.
#pragma once

#include "dsl/diag/diagnostic.h"
#include "dsl/hir/module.h"
#include "runtime/vm/program.h"

namespace telltale::plan {

// `module` has no errors. What cannot be lowered yet is reported to `diags`.
vm::Program Lower(const hir::Module& module, DiagSink& diags);

// One example's `gives` as a predicate of its own, over the slots of its
// signature. Appended to the program; used by the driver's self-tests.
vm::PredicateId LowerGives(const hir::Expr& gives, vm::Program* program);

}  // namespace telltale::plan
