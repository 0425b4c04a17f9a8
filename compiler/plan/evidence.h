// Evidence: how much fixed text a signature rests on. It ranks signatures that
// match one record, and warns of those that rest on too little.
#pragma once

#include <cstdint>

#include "dsl/diag/diagnostic.h"
#include "dsl/hir/module.h"
#include "runtime/vm/program.h"

namespace telltale::plan {

// Bytes of fixed text in every match at least.
uint32_t EvidenceOf(const hir::Pattern& pattern);

// W702: a signature without text to look for. W701: one with too little.
// `program` is what `module` was lowered to.
void WarnOfWeakPatterns(const hir::Module& module, const vm::Program& program,
                        DiagSink& diags);

}  // namespace telltale::plan
