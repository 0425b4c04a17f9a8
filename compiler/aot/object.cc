#include "compiler/aot/object.h"

#include <cstring>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <llvm-c/Core.h>
#include <llvm-c/TargetMachine.h>

#include "compiler/automata/determinize.h"
#include "compiler/codegen/emit.h"
#include "runtime/base/narrow.h"
#include "runtime/native/format.h"

namespace telltale::aot {

namespace {

template <typename T>
void Append(const T* values, size_t count, std::string* out) {
  static_assert(std::has_unique_object_representations_v<T>,
                "no bytes of no meaning in an object");
  out->append(reinterpret_cast<const char*>(values), count * sizeof(T));
}

std::string TableBytes(const vm::DfaTable& from) {
  native::Table table;
  std::memcpy(table.byte_class, from.byte_class.data(),
              sizeof(table.byte_class));
  table.window_end = from.window_end;
  table.message_end = from.message_end;
  table.start = from.start;
  table.start_inside = from.start_inside;
  table.registers = from.registers;
  table.cells = Narrow<uint32_t>(from.cells.size());
  table.moves = Narrow<uint32_t>(from.moves.size());
  table.ops = Narrow<uint32_t>(from.ops.size());
  std::string out;
  Append(&table, 1, &out);
  Append(from.cells.data(), from.cells.size(), &out);
  Append(from.moves.data(), from.moves.size(), &out);
  Append(from.ops.data(), from.ops.size(), &out);
  return out;
}

// The module of one program.
class ObjectModule {
 public:
  ObjectModule(const vm::Program& program, LLVMTargetMachineRef machine)
      : program_(program),
        machine_(machine),
        context_(LLVMContextCreate()),
        module_(LLVMModuleCreateWithNameInContext("telltale", context_)),
        i32_(LLVMInt32TypeInContext(context_)),
        i64_(LLVMInt64TypeInContext(context_)) {
    char* triple = LLVMGetTargetMachineTriple(machine);
    LLVMSetTarget(module_, triple);
    LLVMDisposeMessage(triple);
    LLVMTargetDataRef layout = LLVMCreateTargetDataLayout(machine);
    LLVMSetModuleDataLayout(module_, layout);
    LLVMDisposeTargetData(layout);
  }
  ~ObjectModule() {
    LLVMDisposeModule(module_);
    LLVMContextDispose(context_);
  }
  ObjectModule(const ObjectModule&) = delete;
  ObjectModule& operator=(const ObjectModule&) = delete;

  void Fill() {
    const size_t entries = program_.terms.size() + program_.predicates.size();
    type_ = LLVMArrayType2(i32_, 4 + 2 * entries);
    header_ = LLVMAddGlobal(module_, type_, native::kHeaderSymbol);
    LLVMSetGlobalConstant(header_, 1);
    LLVMSetVisibility(header_, LLVMHiddenVisibility);
    LLVMSetAlignment(header_, 16);
    words_ = {Int(native::kMagic), Int(native::kFormatVersion),
              Int(program_.terms.size()), Int(program_.predicates.size())};
    for (uint32_t k = 0; k < program_.terms.size(); ++k) {
      AddTerm(k);
    }
    for (uint32_t k = 0; k < program_.predicates.size(); ++k) {
      codegen::EmitPredicate(program_.predicates[k], k, context_, module_);
      AddCode(fmt::format("test_{}", k));
    }
    LLVMSetInitializer(header_,
                       LLVMConstArray2(i32_, words_.data(), words_.size()));
  }

  std::string Optimise() { return codegen::Optimise(module_, machine_); }

  Result<std::string> Emit() {
    LLVMMemoryBufferRef buffer = nullptr;
    char* error = nullptr;
    if (LLVMTargetMachineEmitToMemoryBuffer(machine_, module_, LLVMObjectFile,
                                            &error, &buffer) != 0) {
      std::string message = error;
      LLVMDisposeMessage(error);
      return Fail(message);
    }
    std::string object(LLVMGetBufferStart(buffer), LLVMGetBufferSize(buffer));
    LLVMDisposeMemoryBuffer(buffer);
    return object;
  }

 private:
  LLVMValueRef Int(uint64_t value) { return LLVMConstInt(i32_, value, 0); }

  void AddTerm(uint32_t term) {
    const auto dfa =
        automata::Determinize(program_.terms[term], codegen::kMaxTableStates);
    if (!dfa.has_value()) {
      AddEntry(Int(0), native::Entry::Kind::Absent);
      return;
    }
    if (dfa->states.size() <= codegen::kMaxCodeStates) {
      codegen::EmitDfa(*dfa, term, context_, module_);
      AddCode(fmt::format("find_{}", term));
      return;
    }
    const std::string bytes = TableBytes(automata::Flatten(*dfa));
    LLVMValueRef value =
        LLVMConstStringInContext2(context_, bytes.data(), bytes.size(), 1);
    LLVMValueRef table = LLVMAddGlobal(module_, LLVMTypeOf(value),
                                       fmt::format("table_{}", term).c_str());
    LLVMSetInitializer(table, value);
    LLVMSetGlobalConstant(table, 1);
    LLVMSetLinkage(table, LLVMPrivateLinkage);
    LLVMSetAlignment(table, 16);
    AddEntry(Offset(table), native::Entry::Kind::Table);
  }

  void AddCode(const std::string& name) {
    LLVMValueRef function = LLVMGetNamedFunction(module_, name.c_str());
    LLVMSetLinkage(function, LLVMPrivateLinkage);
    AddEntry(Offset(function), native::Entry::Kind::Code);
  }

  // From the header, so that the object runs at any address.
  LLVMValueRef Offset(LLVMValueRef place) {
    return LLVMConstTrunc(LLVMConstSub(LLVMConstPtrToInt(place, i64_),
                                       LLVMConstPtrToInt(header_, i64_)),
                          i32_);
  }

  void AddEntry(LLVMValueRef offset, native::Entry::Kind kind) {
    words_.push_back(offset);
    words_.push_back(Int(static_cast<uint64_t>(kind)));
  }

  const vm::Program& program_;
  LLVMTargetMachineRef machine_;
  LLVMContextRef context_;
  LLVMModuleRef module_;
  LLVMTypeRef i32_, i64_;
  LLVMTypeRef type_ = nullptr;
  LLVMValueRef header_ = nullptr;
  std::vector<LLVMValueRef> words_;
};

}  // namespace

Result<std::string> EmitObject(const vm::Program& program,
                               const ObjectOptions& options) {
  LLVMTargetMachineRef machine =
      codegen::MakeTargetMachine(options.isa, options.effort);
  if (machine == nullptr) {
    return Fail("LLVM has no target for this machine");
  }
  Result<std::string> object = std::string();
  {
    ObjectModule module(program, machine);
    module.Fill();
    const std::string error = options.effort == codegen::Effort::Full
                                  ? module.Optimise()
                                  : std::string();
    object = error.empty() ? module.Emit() : Fail(error);
  }
  LLVMDisposeTargetMachine(machine);
  return object;
}

}  // namespace telltale::aot
