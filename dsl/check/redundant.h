// Internal: what an item says twice (W704).
#pragma once

#include <vector>

#include "dsl/check/context.h"

namespace telltale::check {

// Members of a set that are there before.
void WarnOfTwice(const std::vector<hir::Expr>& members, Context* context);

// Names that stand twice behind the `in` of a signature.
void WarnOfRedundant(Context* context);

}  // namespace telltale::check
