#include "compiler/jit/jit.h"

#include <atomic>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <llvm-c/Core.h>
#include <llvm-c/LLJIT.h>
#include <llvm-c/Orc.h>
#include <llvm-c/TargetMachine.h>

#include "compiler/automata/determinize.h"
#include "compiler/codegen/emit.h"
#include "compiler/codegen/target.h"
#include "runtime/vm/dfa_table.h"
#include "runtime/vm/interpret.h"

namespace telltale::jit {

namespace {

using FindFn = int32_t (*)(const uint8_t*, uint32_t, uint32_t, uint32_t*);
using TestFn = int32_t (*)(const tt_value*);

std::string Take(LLVMErrorRef error) {
  char* message = LLVMGetErrorMessage(error);
  std::string text = message;
  LLVMDisposeErrorMessage(message);
  return text;
}

// LLVM's side: modules in, addresses out. One thread at a time.
class Linker {
 public:
  Linker() = default;
  ~Linker() {
    if (jit_ != nullptr) {
      if (LLVMErrorRef error = LLVMOrcDisposeLLJIT(jit_)) {
        LLVMConsumeError(error);
      }
    }
    if (machine_ != nullptr) {
      LLVMDisposeTargetMachine(machine_);
    }
  }
  Linker(const Linker&) = delete;
  Linker& operator=(const Linker&) = delete;

  Result<void> Open(const std::string& isa, Effort effort) {
    effort_ = effort;
    LLVMTargetMachineRef for_code = codegen::MakeTargetMachine(isa, effort);
    machine_ = codegen::MakeTargetMachine(isa, effort);
    if (machine_ == nullptr || for_code == nullptr) {
      return Fail("LLVM has no target for this machine");
    }
    // The builder takes its machine over.
    LLVMOrcLLJITBuilderRef builder = LLVMOrcCreateLLJITBuilder();
    LLVMOrcLLJITBuilderSetJITTargetMachineBuilder(
        builder,
        LLVMOrcJITTargetMachineBuilderCreateFromTargetMachine(for_code));
    if (LLVMErrorRef failed = LLVMOrcCreateLLJIT(&jit_, builder)) {
      return Fail(Take(failed));
    }
    return {};
  }

  // Adds the module that `emit` fills; false where `emit` says that there is
  // nothing in it.
  template <typename Emit>
  Result<bool> Add(const std::string& name, const Emit& emit) {
    LLVMOrcThreadSafeContextRef context = LLVMOrcCreateNewThreadSafeContext();
    LLVMContextRef inner = LLVMOrcThreadSafeContextGetContext(context);
    LLVMModuleRef module =
        LLVMModuleCreateWithNameInContext(name.c_str(), inner);
    const bool emitted = emit(inner, module);
    std::string error = emitted && effort_ == Effort::Full
                            ? codegen::Optimise(module, machine_)
                            : std::string();
    LLVMOrcThreadSafeModuleRef safe =
        LLVMOrcCreateNewThreadSafeModule(module, context);
    LLVMOrcDisposeThreadSafeContext(context);
    if (!emitted || !error.empty()) {
      LLVMOrcDisposeThreadSafeModule(safe);
      if (!error.empty()) {
        return Fail(error);
      }
      return false;
    }
    if (LLVMErrorRef failed = LLVMOrcLLJITAddLLVMIRModule(
            jit_, LLVMOrcLLJITGetMainJITDylib(jit_), safe)) {
      return Fail(Take(failed));
    }
    return true;
  }

  Result<LLVMOrcExecutorAddress> AddressOf(const std::string& name) {
    LLVMOrcExecutorAddress address = 0;
    if (LLVMErrorRef failed =
            LLVMOrcLLJITLookup(jit_, &address, name.c_str())) {
      return Fail(Take(failed));
    }
    return address;
  }

 private:
  Effort effort_ = Effort::Full;
  LLVMOrcLLJITRef jit_ = nullptr;
  LLVMTargetMachineRef machine_ = nullptr;
};

// A function that is compiled when it has become worth it.
template <typename Fn>
struct Lazy {
  std::atomic<Fn> code = nullptr;
  std::atomic<bool> refused = false;  // stays in the interpreter
  std::atomic<uint64_t> spent = 0;    // there, so far
};

// A term: code for a small automaton, a table for a large one.
struct LazyTerm : Lazy<FindFn> {
  std::atomic<const vm::DfaTable*> table = nullptr;
  std::unique_ptr<const vm::DfaTable> owned_table;
};

std::string FindName(uint32_t term) {
  return fmt::format("find_{}", term);
}
std::string TestName(uint32_t predicate) {
  return fmt::format("test_{}", predicate);
}

class Native : public JitCode {
 public:
  Native(const vm::Program& program, JitOptions options)
      : program_(program),
        options_(std::move(options)),
        finds_(program.terms.size()),
        tests_(program.predicates.size()),
        matcher_(vm::MakeMatcher(program)) {
    matcher_.context = this;
    matcher_.find = Find;
    matcher_.test = Test;
  }

  Result<void> Open() {
    linker_ = std::make_unique<Linker>();
    auto opened = linker_->Open(options_.isa, options_.effort);
    broken_ = !opened.has_value();
    return opened;
  }

  // All terms and predicates, as one module.
  Result<void> CompileAll() {
    std::vector<uint32_t> terms;
    const auto added = linker_->Add(
        "telltale", [&](LLVMContextRef context, LLVMModuleRef module) {
          for (uint32_t k = 0; k < program_.terms.size(); ++k) {
            if (EmitTerm(k, context, module)) {
              terms.push_back(k);
            } else {
              finds_[k].refused = true;
            }
          }
          for (uint32_t k = 0; k < program_.predicates.size(); ++k) {
            codegen::EmitPredicate(program_.predicates[k], k, context, module);
          }
          return true;
        });
    if (!added.has_value()) {
      return Fail(added.error().message);
    }
    for (const uint32_t term : terms) {
      const auto address = linker_->AddressOf(FindName(term));
      if (!address.has_value()) {
        return Fail(address.error().message);
      }
      finds_[term].code = reinterpret_cast<FindFn>(*address);
    }
    for (uint32_t k = 0; k < program_.predicates.size(); ++k) {
      const auto address = linker_->AddressOf(TestName(k));
      if (!address.has_value()) {
        return Fail(address.error().message);
      }
      tests_[k].code = reinterpret_cast<TestFn>(*address);
    }
    return {};
  }

  [[nodiscard]] const tt_matcher& matcher() const override { return matcher_; }
  [[nodiscard]] size_t compiled() const override { return compiled_; }

 private:
  // The code of a function, compiled now if its time has come; else null.
  template <typename Fn, typename Emit>
  Fn Code(Lazy<Fn>* lazy, std::string (*name)(uint32_t), uint32_t index,
          const Emit& emit) {
    if (Fn code = lazy->code.load(std::memory_order_acquire)) {
      return code;
    }
    if (lazy->refused.load(std::memory_order_relaxed) ||
        lazy->spent.load(std::memory_order_relaxed) < options_.patience) {
      return nullptr;
    }
    // While another thread compiles, this one can go on interpreting.
    std::unique_lock lock(mutex_, std::defer_lock);
    if (options_.patience == 0) {
      lock.lock();
    } else if (!lock.try_lock()) {
      return nullptr;
    }
    if (Fn code = lazy->code.load(std::memory_order_acquire)) {
      return code;
    }
    const LLVMOrcExecutorAddress address = Compile(name(index), emit);
    lazy->refused = address == 0;
    lazy->code.store(reinterpret_cast<Fn>(address), std::memory_order_release);
    return reinterpret_cast<Fn>(address);
  }

  template <typename Emit>
  LLVMOrcExecutorAddress Compile(const std::string& name, const Emit& emit) {
    if (broken_ || (linker_ == nullptr && !Open())) {
      return 0;
    }
    return linker_->Add(name, emit).value_or(false)
               ? linker_->AddressOf(name).value_or(0)
               : 0;
  }

  // False where the term gets a table, or is too large for that too.
  bool EmitTerm(uint32_t term, LLVMContextRef context, LLVMModuleRef module) {
    const auto dfa =
        automata::Determinize(program_.terms[term], codegen::kMaxTableStates);
    if (!dfa.has_value()) {
      return false;
    }
    if (dfa->states.size() <= codegen::kMaxCodeStates) {
      codegen::EmitDfa(*dfa, term, context, module);
      ++compiled_;
      return true;
    }
    LazyTerm& lazy = finds_[term];
    lazy.owned_table =
        std::make_unique<const vm::DfaTable>(automata::Flatten(*dfa));
    lazy.table.store(lazy.owned_table.get(), std::memory_order_release);
    ++compiled_;
    return false;
  }

  static int32_t Find(const tt_matcher* matcher, void* scratch, uint32_t term,
                      const uint8_t* text, uint32_t size, uint32_t flags,
                      uint32_t* registers) {
    auto* self = static_cast<Native*>(const_cast<void*>(matcher->context));
    const vm::Term& wanted = self->program_.terms[term];
    LazyTerm& lazy = self->finds_[term];
    if (const auto* table = lazy.table.load(std::memory_order_acquire)) {
      return vm::Find(*table, text, size, flags, registers) ? 1 : 0;
    }
    const FindFn code =
        self->Code(&lazy, FindName, term,
                   [&](LLVMContextRef context, LLVMModuleRef module) {
                     return self->EmitTerm(term, context, module);
                   });
    if (code != nullptr) {
      return code(text, size, flags, registers);
    }
    auto* vm_scratch = static_cast<vm::VmScratch*>(scratch);
    const uint64_t before = vm_scratch->ops;
    const bool found =
        vm::Find(wanted, {reinterpret_cast<const char*>(text), size}, flags,
                 vm_scratch, {registers, wanted.registers});
    lazy.spent.fetch_add(vm_scratch->ops - before, std::memory_order_relaxed);
    return found ? 1 : 0;
  }

  static int32_t Test(const tt_matcher* matcher, uint32_t predicate,
                      const tt_value* slots) {
    auto* self = static_cast<Native*>(const_cast<void*>(matcher->context));
    const vm::Predicate& wanted = self->program_.predicates[predicate];
    Lazy<TestFn>& lazy = self->tests_[predicate];
    const TestFn code =
        self->Code(&lazy, TestName, predicate,
                   [&](LLVMContextRef context, LLVMModuleRef module) {
                     codegen::EmitPredicate(wanted, predicate, context, module);
                     return true;
                   });
    if (code != nullptr) {
      return code(slots);
    }
    lazy.spent.fetch_add(wanted.code.size(), std::memory_order_relaxed);
    return vm::Evaluate(wanted, slots) ? 1 : 0;
  }

  const vm::Program& program_;
  const JitOptions options_;
  std::mutex mutex_;
  std::unique_ptr<Linker> linker_;  // made when first needed
  bool broken_ = false;
  std::atomic<size_t> compiled_ = 0;
  std::vector<LazyTerm> finds_;
  std::vector<Lazy<TestFn>> tests_;
  tt_matcher matcher_;
};

}  // namespace

Result<std::unique_ptr<JitCode>> Compile(const vm::Program& program,
                                         const JitOptions& options) {
  auto native = std::make_unique<Native>(program, options);
  if (options.patience == 0) {
    if (auto opened = native->Open(); !opened) {
      return Fail("cannot make machine code: " + opened.error().message);
    }
  }
  if (options.ahead) {
    if (auto compiled = native->CompileAll(); !compiled) {
      return Fail("cannot make machine code: " + compiled.error().message);
    }
  }
  return std::unique_ptr<JitCode>(std::move(native));
}

std::string EmitIr(const vm::Program& program, const JitOptions& options) {
  LLVMTargetMachineRef machine =
      codegen::MakeTargetMachine(options.isa, options.effort);
  LLVMContextRef context = LLVMContextCreate();
  LLVMModuleRef module = LLVMModuleCreateWithNameInContext("telltale", context);
  for (uint32_t k = 0; k < program.terms.size(); ++k) {
    const auto dfa =
        automata::Determinize(program.terms[k], codegen::kMaxCodeStates);
    if (dfa.has_value()) {
      codegen::EmitDfa(*dfa, k, context, module);
    }
  }
  for (uint32_t k = 0; k < program.predicates.size(); ++k) {
    codegen::EmitPredicate(program.predicates[k], k, context, module);
  }
  const std::string error = codegen::Optimise(module, machine);
  char* text = LLVMPrintModuleToString(module);
  std::string out = error.empty() ? text : error;
  LLVMDisposeMessage(text);
  LLVMDisposeModule(module);
  LLVMContextDispose(context);
  LLVMDisposeTargetMachine(machine);
  return out;
}

}  // namespace telltale::jit
