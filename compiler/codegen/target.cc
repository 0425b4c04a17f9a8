#include "compiler/codegen/target.h"

#include <mutex>

#include <llvm-c/Core.h>
#include <llvm-c/Error.h>
#include <llvm-c/Support.h>
#include <llvm-c/Target.h>
#include <llvm-c/TargetMachine.h>
#include <llvm-c/Transforms/PassBuilder.h>

namespace telltale::codegen {

namespace {

// Light on purpose: the matchers are branches over bytes; heavier pipelines
// cost seconds and gain little (docs/performance.md).
constexpr const char* kPasses = "mem2reg,simplifycfg";

const char* CpuOf(std::string_view isa) {
  return isa == "v4"   ? "x86-64-v4"
         : isa == "v3" ? "x86-64-v3"
         : isa == "v2" ? "x86-64-v2"
                       : "x86-64";
}

void InitializeTarget() {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86Target();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmPrinter();
    // Half of the time would go into strength reduction of the one induction
    // variable there is and into a search for mask registers, and LLVM has no
    // other switch for these.
    const char* arguments[] = {"telltale", "-disable-lsr",
                               "-disable-x86-domain-reassignment"};
    LLVMParseCommandLineOptions(3, arguments, "");
  });
}

}  // namespace

LLVMTargetMachineRef MakeTargetMachine(std::string_view isa, Effort effort) {
  InitializeTarget();
  char* triple = LLVMGetDefaultTargetTriple();
  LLVMTargetRef target = nullptr;
  char* error = nullptr;
  LLVMTargetMachineRef machine = nullptr;
  if (LLVMGetTargetFromTriple(triple, &target, &error) == 0) {
    // Nothing refers to what stands outside of its module, so the small model
    // does wherever the code ends up.
    machine = LLVMCreateTargetMachine(
        target, triple, CpuOf(isa), "",
        effort == Effort::Quick ? LLVMCodeGenLevelNone : LLVMCodeGenLevelLess,
        LLVMRelocPIC, LLVMCodeModelSmall);
  } else {
    LLVMDisposeMessage(error);
  }
  LLVMDisposeMessage(triple);
  return machine;
}

std::string Optimise(LLVMModuleRef module, LLVMTargetMachineRef machine) {
  LLVMPassBuilderOptionsRef options = LLVMCreatePassBuilderOptions();
  LLVMErrorRef failed = LLVMRunPasses(module, kPasses, machine, options);
  LLVMDisposePassBuilderOptions(options);
  std::string message;
  if (failed != nullptr) {
    char* text = LLVMGetErrorMessage(failed);
    message = text;
    LLVMDisposeErrorMessage(text);
  }
  return message;
}

}  // namespace telltale::codegen
