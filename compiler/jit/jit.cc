#include "compiler/jit/jit.h"

#include <mutex>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <llvm-c/Core.h>
#include <llvm-c/LLJIT.h>
#include <llvm-c/Orc.h>
#include <llvm-c/Target.h>
#include <llvm-c/TargetMachine.h>
#include <llvm-c/Transforms/PassBuilder.h>

#include "compiler/codegen/emit.h"
#include "runtime/vm/interpret.h"

namespace telltale::jit {

namespace {

using FindFn = int32_t (*)(const uint8_t*, uint32_t, uint32_t, uint32_t*);
using TestFn = int32_t (*)(const tt_value*);

// Light on purpose: the matchers are branches over bytes; heavier pipelines
// cost seconds and gain little (docs/performance.md).
constexpr const char* kPasses = "mem2reg,simplifycfg";

std::string Take(LLVMErrorRef error) {
  char* message = LLVMGetErrorMessage(error);
  std::string text = message;
  LLVMDisposeErrorMessage(message);
  return text;
}

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
  });
}

LLVMTargetMachineRef MakeTargetMachine(std::string_view isa) {
  InitializeTarget();
  char* triple = LLVMGetDefaultTargetTriple();
  LLVMTargetRef target = nullptr;
  char* error = nullptr;
  LLVMTargetMachineRef machine = nullptr;
  if (LLVMGetTargetFromTriple(triple, &target, &error) == 0) {
    machine = LLVMCreateTargetMachine(target, triple, CpuOf(isa), "",
                                      LLVMCodeGenLevelLess, LLVMRelocPIC,
                                      LLVMCodeModelJITDefault);
  } else {
    LLVMDisposeMessage(error);
  }
  LLVMDisposeMessage(triple);
  return machine;
}

// A module of a context, filled and optimised.
codegen::Emitted Fill(const vm::Program& program, LLVMContextRef context,
                      LLVMModuleRef module, LLVMTargetMachineRef machine,
                      std::string* error) {
  codegen::Emitted emitted = codegen::Emit(program, context, module);
  LLVMPassBuilderOptionsRef options = LLVMCreatePassBuilderOptions();
  if (LLVMErrorRef failed = LLVMRunPasses(module, kPasses, machine, options)) {
    *error = Take(failed);
  }
  LLVMDisposePassBuilderOptions(options);
  return emitted;
}

class Native : public JitCode {
 public:
  explicit Native(const vm::Program& program) : program_(program) {}
  ~Native() override {
    if (jit_ != nullptr) {
      if (LLVMErrorRef error = LLVMOrcDisposeLLJIT(jit_)) {
        LLVMConsumeError(error);
      }
    }
  }
  Native(const Native&) = delete;
  Native& operator=(const Native&) = delete;

  Result<void> Build(const JitOptions& options) {
    LLVMTargetMachineRef machine = MakeTargetMachine(options.isa);
    if (machine == nullptr) {
      return Fail("LLVM has no target for this machine");
    }
    LLVMOrcThreadSafeContextRef context = LLVMOrcCreateNewThreadSafeContext();
    LLVMContextRef inner = LLVMOrcThreadSafeContextGetContext(context);
    LLVMModuleRef module = LLVMModuleCreateWithNameInContext("telltale", inner);
    std::string error;
    const codegen::Emitted emitted =
        Fill(program_, inner, module, machine, &error);
    LLVMOrcThreadSafeModuleRef safe =
        LLVMOrcCreateNewThreadSafeModule(module, context);
    LLVMOrcDisposeThreadSafeContext(context);
    // The builder takes the machine over.
    LLVMOrcLLJITBuilderRef builder = LLVMOrcCreateLLJITBuilder();
    LLVMOrcLLJITBuilderSetJITTargetMachineBuilder(
        builder,
        LLVMOrcJITTargetMachineBuilderCreateFromTargetMachine(machine));
    if (LLVMErrorRef failed = LLVMOrcCreateLLJIT(&jit_, builder)) {
      error = Take(failed);
    }
    if (!error.empty()) {
      LLVMOrcDisposeThreadSafeModule(safe);
      return Fail("cannot make machine code: " + error);
    }
    return Link(safe, emitted);
  }

  [[nodiscard]] const tt_matcher& matcher() const override { return matcher_; }

 private:
  Result<void> Link(LLVMOrcThreadSafeModuleRef module,
                    const codegen::Emitted& emitted) {
    LLVMOrcJITDylibRef library = LLVMOrcLLJITGetMainJITDylib(jit_);
    if (LLVMErrorRef failed = Define(library)) {
      LLVMOrcDisposeThreadSafeModule(module);
      return Fail("cannot make machine code: " + Take(failed));
    }
    if (LLVMErrorRef failed =
            LLVMOrcLLJITAddLLVMIRModule(jit_, library, module)) {
      return Fail("cannot make machine code: " + Take(failed));
    }
    finds_.assign(program_.terms.size(), nullptr);
    for (size_t k = 0; k < finds_.size(); ++k) {
      if (emitted.terms[k]) {
        LLVMOrcExecutorAddress address = 0;
        if (LLVMErrorRef failed = Lookup(fmt::format("find_{}", k), &address)) {
          return Fail("cannot make machine code: " + Take(failed));
        }
        finds_[k] = reinterpret_cast<FindFn>(address);
      }
    }
    tests_.assign(program_.predicates.size(), nullptr);
    for (size_t k = 0; k < tests_.size(); ++k) {
      LLVMOrcExecutorAddress address = 0;
      if (LLVMErrorRef failed = Lookup(fmt::format("test_{}", k), &address)) {
        return Fail("cannot make machine code: " + Take(failed));
      }
      tests_[k] = reinterpret_cast<TestFn>(address);
    }
    matcher_ = vm::MakeMatcher(program_);
    matcher_.context = this;
    matcher_.find = Find;
    matcher_.test = Test;
    return {};
  }

  LLVMErrorRef Lookup(const std::string& name,
                      LLVMOrcExecutorAddress* address) {
    return LLVMOrcLLJITLookup(jit_, address, name.c_str());
  }

  // The runtime functions that generated code calls.
  LLVMErrorRef Define(LLVMOrcJITDylibRef library) {
    LLVMOrcCSymbolMapPair pair;
    pair.Name = LLVMOrcLLJITMangleAndIntern(jit_, "tt_compare_text");
    pair.Sym.Address =
        reinterpret_cast<LLVMOrcExecutorAddress>(&codegen::tt_compare_text);
    pair.Sym.Flags.GenericFlags =
        LLVMJITSymbolGenericFlagsExported | LLVMJITSymbolGenericFlagsCallable;
    pair.Sym.Flags.TargetFlags = 0;
    return LLVMOrcJITDylibDefine(library, LLVMOrcAbsoluteSymbols(&pair, 1));
  }

  static int32_t Find(const tt_matcher* matcher, void* scratch, uint32_t term,
                      const uint8_t* text, uint32_t size, uint32_t flags,
                      uint32_t* registers) {
    const auto* self = static_cast<const Native*>(matcher->context);
    if (const FindFn find = self->finds_[term]) {
      return find(text, size, flags, registers);
    }
    const vm::Term& found = self->program_.terms[term];
    return vm::Find(found, {reinterpret_cast<const char*>(text), size}, flags,
                    static_cast<vm::VmScratch*>(scratch),
                    {registers, found.registers})
               ? 1
               : 0;
  }

  static int32_t Test(const tt_matcher* matcher, uint32_t predicate,
                      const tt_value* slots) {
    return static_cast<const Native*>(matcher->context)
        ->tests_[predicate](slots);
  }

  const vm::Program& program_;
  LLVMOrcLLJITRef jit_ = nullptr;
  std::vector<FindFn> finds_;
  std::vector<TestFn> tests_;
  tt_matcher matcher_{};
};

}  // namespace

Result<std::unique_ptr<JitCode>> Compile(const vm::Program& program,
                                         const JitOptions& options) {
  auto native = std::make_unique<Native>(program);
  if (auto built = native->Build(options); !built) {
    return Fail(built.error().message);
  }
  return std::unique_ptr<JitCode>(std::move(native));
}

std::string EmitIr(const vm::Program& program, const JitOptions& options) {
  LLVMTargetMachineRef machine = MakeTargetMachine(options.isa);
  LLVMContextRef context = LLVMContextCreate();
  LLVMModuleRef module = LLVMModuleCreateWithNameInContext("telltale", context);
  std::string error;
  Fill(program, context, module, machine, &error);
  char* text = LLVMPrintModuleToString(module);
  std::string out = error.empty() ? text : error;
  LLVMDisposeMessage(text);
  LLVMDisposeModule(module);
  LLVMContextDispose(context);
  LLVMDisposeTargetMachine(machine);
  return out;
}

}  // namespace telltale::jit
