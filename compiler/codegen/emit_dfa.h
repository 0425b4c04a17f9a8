// Internal: one DFA as a function of blocks.
#pragma once

#include <cstdint>

#include <llvm-c/Types.h>

#include "compiler/automata/determinize.h"

namespace telltale::codegen {

// Adds `find_<index>` to the module.
void EmitDfa(const automata::Dfa& dfa, uint32_t index, LLVMContextRef context,
             LLVMModuleRef module);

}  // namespace telltale::codegen
