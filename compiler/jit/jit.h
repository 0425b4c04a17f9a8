// Jit: machine code for a program, in memory. Results are those of the
// interpreter; terms whose automaton is too large are interpreted.
#pragma once

#include <memory>
#include <string>

#include "runtime/abi/matcher.h"
#include "runtime/base/result.h"
#include "runtime/vm/program.h"

namespace telltale::jit {

struct JitOptions {
  // `baseline`, `v2`, `v3`, `v4`: the x86-64 level to generate for.
  std::string isa = "v2";
};

// Owns the code and hands out the matcher that runs it.
class JitCode {
 public:
  virtual ~JitCode() = default;
  [[nodiscard]] virtual const tt_matcher& matcher() const = 0;
};

// `program` passed Verify and outlives the code. Fails where the machine
// refuses executable memory.
Result<std::unique_ptr<JitCode>> Compile(const vm::Program& program,
                                         const JitOptions& options);

// The LLVM IR of a program, as text.
std::string EmitIr(const vm::Program& program, const JitOptions& options);

}  // namespace telltale::jit
