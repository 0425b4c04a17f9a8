// Emit: terms and predicates of the matching program as LLVM IR, through LLVM's
// C API (it compiles in a tenth of the C++ API's time and is stable across
// versions). One function each:
//
//   i32 find_<k>(ptr text, i32 size, i32 flags, ptr registers)
//   i32 test_<k>(ptr slots)
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
}

namespace telltale::codegen {

// Adds `find_<index>` to `module`, which lives in `context`.
void EmitDfa(const automata::Dfa& dfa, uint32_t index,
             LLVMOpaqueContext* context, LLVMOpaqueModule* module);

// Adds `test_<index>`.
void EmitPredicate(const vm::Predicate& predicate, uint32_t index,
                   LLVMOpaqueContext* context, LLVMOpaqueModule* module);

// Called by predicates: three-way comparison of two texts.
extern "C" int32_t tt_compare_text(const uint8_t* a, uint64_t a_size,
                                   const uint8_t* b, uint64_t b_size);

}  // namespace telltale::codegen
