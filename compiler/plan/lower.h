// Lower: the checked module becomes the matching program. Patterns become
// terms (prioritised NFAs) with the literals that announce them, expressions
// become straight-line predicates.
#pragma once

#include <cstdint>
#include <vector>

#include "dsl/diag/diagnostic.h"
#include "dsl/hir/module.h"
#include "runtime/vm/program.h"

namespace telltale::plan {

// `module` has no errors. What cannot be lowered yet is reported to `diags`.
vm::Program Lower(const hir::Module& module, DiagSink& diags);

// The `gives` of an example or a test as a predicate of its own, over the slots
// of its event; those of a rule's step k begin at `begins[k]`. Appended to the
// program; used by the driver's self-tests.
vm::PredicateId LowerGives(const hir::Expr& gives,
                           const std::vector<uint32_t>& begins,
                           vm::Program* program);

}  // namespace telltale::plan
