// Emit: the matching program as LLVM IR, through LLVM's C API (it compiles in a
// tenth of the C++ API's time and is stable across versions). One function per
// term and per predicate:
//
//   i32 find_<k>(ptr text, i32 size, i32 flags, ptr registers)
//   i32 test_<k>(ptr slots)
//
// Terms become direct-coded DFAs: a block per state. Terms whose automaton is
// too large get no function; their callers interpret them.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/vm/program.h"

extern "C" {
struct LLVMOpaqueModule;
struct LLVMOpaqueContext;
}

namespace telltale::codegen {

// A larger automaton is slower as code than as the interpreter's loop, and
// costs seconds to compile.
inline constexpr uint32_t kMaxStates = 400;

struct Emitted {
  std::vector<bool> terms;  // per term: is there a find_<k>?
};

// Adds the functions of `program` to `module`, which lives in `context`.
Emitted Emit(const vm::Program& program, LLVMOpaqueContext* context,
             LLVMOpaqueModule* module);

// Called by predicates: three-way comparison of two texts.
extern "C" int32_t tt_compare_text(const uint8_t* a, uint64_t a_size,
                                   const uint8_t* b, uint64_t b_size);

}  // namespace telltale::codegen
