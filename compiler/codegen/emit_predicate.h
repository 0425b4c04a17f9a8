// Internal: one predicate as straight-line code.
#pragma once

#include <cstdint>

#include <llvm-c/Types.h>

#include "runtime/vm/program.h"

namespace telltale::codegen {

// Adds `test_<index>` to the module.
void EmitPredicate(const vm::Predicate& predicate, uint32_t index,
                   LLVMContextRef context, LLVMModuleRef module);

}  // namespace telltale::codegen
