// Jit: machine code for a program, in memory, made term by term while the
// program runs. A term begins in the interpreter and is compiled once it has
// cost more there than compiling it does, so that nothing is paid for the many
// terms that a log never asks for. Small automata become code, larger ones
// tables, the largest stay in the interpreter; results are always the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "compiler/codegen/target.h"
#include "runtime/abi/matcher.h"
#include "runtime/base/result.h"
#include "runtime/vm/program.h"

namespace telltale::jit {

using codegen::Effort;

struct JitOptions {
  // `baseline`, `v2`, `v3`, `v4`: the x86-64 level to generate for.
  std::string isa = "v2";
  // Instructions (vm::VmScratch::ops) that the interpreter may spend on a term
  // before it is compiled; 0: none, every term that is asked for is compiled.
  uint64_t patience = 0;
  Effort effort = Effort::Full;
  // Compile everything before the first match, as one module: cheaper than one
  // by one if all of it will run.
  bool ahead = false;
};

// About what compiling a term costs: some milliseconds.
inline constexpr uint64_t kPatience = 500'000;

// Owns the code and hands out the matcher that runs it, on any number of
// threads.
class JitCode {
 public:
  virtual ~JitCode() = default;
  [[nodiscard]] virtual const tt_matcher& matcher() const = 0;
  // How many terms have left the interpreter by now.
  [[nodiscard]] virtual size_t compiled() const = 0;
};

// `program` passed Verify and outlives the code. Fails where the machine
// cannot compile for itself and `patience` is 0. A term whose code cannot be
// made, or made executable, is left to the interpreter.
Result<std::unique_ptr<JitCode>> Compile(const vm::Program& program,
                                         const JitOptions& options);

// The LLVM IR of a program, as text.
std::string EmitIr(const vm::Program& program, const JitOptions& options);

}  // namespace telltale::jit
