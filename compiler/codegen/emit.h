// Emit: terms and predicates of the matching program as LLVM IR, through LLVM's
// C API (it compiles in a tenth of the C++ API's time and is stable across
// versions). One function each:
//
//   i32 find_<k>(ptr text, i32 size, i32 flags, ptr registers)
//   i32 test_<k>(ptr slots)
//
// They call nothing outside of their module, and do not unwind.
//
// A term becomes a direct-coded DFA: a block per state. That is worth it for
// small automata; see compiler/jit for what becomes of others.
#pragma once

#include <cstdint>

#include "compiler/automata/determinize.h"
#include "runtime/vm/program.h"

extern "C" {
struct LLVMOpaqueModule;
struct LLVMOpaqueContext;
struct LLVMOpaqueValue;
}

namespace telltale::codegen {

// Adds `find_<index>` to `module`, which lives in `context`.
void EmitDfa(const automata::Dfa& dfa, uint32_t index,
             LLVMOpaqueContext* context, LLVMOpaqueModule* module);

// Adds `test_<index>`.
void EmitPredicate(const vm::Predicate& predicate, uint32_t index,
                   LLVMOpaqueContext* context, LLVMOpaqueModule* module);

// Then no unwind tables are made for it.
void DoesNotUnwind(LLVMOpaqueValue* function, LLVMOpaqueContext* context);

}  // namespace telltale::codegen
