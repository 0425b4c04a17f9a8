// EmitObject: a program's terms and predicates as one relocatable object, made
// ahead of time and loaded without LLVM (runtime/native/format.h says what is
// in it). Small automata are code, larger ones tables, the largest are left to
// the interpreter.
#pragma once

#include <string>

#include "compiler/codegen/target.h"
#include "runtime/base/result.h"
#include "runtime/vm/program.h"

namespace telltale::aot {

struct ObjectOptions {
  // `baseline`, `v2`, `v3`, `v4`: the x86-64 level to generate for.
  std::string isa = "v2";
  codegen::Effort effort = codegen::Effort::Full;
};

// ELF64. The same program and options give the same bytes. Fails where LLVM has
// no code generator for this machine.
Result<std::string> EmitObject(const vm::Program& program,
                               const ObjectOptions& options);

}  // namespace telltale::aot
