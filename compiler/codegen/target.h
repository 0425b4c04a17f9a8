// The machine that code is made for, and how it is made: what compiling in
// memory (compiler/jit) and ahead of time (compiler/aot) have in common.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

extern "C" {
struct LLVMOpaqueModule;
struct LLVMOpaqueTargetMachine;
}

namespace telltale::codegen {

// How well code is made. Quick code is made several times faster and runs
// slower; both come from the same IR.
enum class Effort : uint8_t { Quick, Full };

// Larger automata are tables: code costs a tenth of a millisecond a state to
// make, and is hardly faster than a table that fits the cache.
inline constexpr uint32_t kMaxCodeStates = 64;
// Beyond this determinising does not pay.
inline constexpr uint32_t kMaxTableStates = 4000;

// `isa` is `baseline`, `v2`, `v3` or `v4`: a level of x86-64. Null where LLVM
// has no code generator for this machine. The caller disposes of it.
LLVMOpaqueTargetMachine* MakeTargetMachine(std::string_view isa, Effort effort);

// Runs the passes of `Full`; returns what went wrong, or nothing.
std::string Optimise(LLVMOpaqueModule* module,
                     LLVMOpaqueTargetMachine* machine);

}  // namespace telltale::codegen
