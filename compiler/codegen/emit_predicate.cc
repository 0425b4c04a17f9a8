// One predicate as straight-line code.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <llvm-c/Core.h>

#include "compiler/codegen/emit.h"
#include "runtime/abi/matcher.h"

namespace telltale::codegen {

namespace {

using Op = vm::PredicateInst::Op;
using vm::Rep;

constexpr const char* kCompareTexts = "compare_texts";

// A value as it is held: whether it is there, and one of its forms.
struct Held {
  LLVMValueRef present = nullptr;  // i1
  LLVMValueRef value = nullptr;    // i64, double, or the text's pointer
  LLVMValueRef size = nullptr;     // i64, of a text
};

class PredicateEmitter {
 public:
  PredicateEmitter(const vm::Predicate& predicate, uint32_t index,
                   LLVMContextRef context, LLVMModuleRef module)
      : predicate_(predicate),
        name_("test_" + std::to_string(index)),
        context_(context),
        module_(module),
        builder_(LLVMCreateBuilderInContext(context)),
        i1_(LLVMInt1TypeInContext(context)),
        i32_(LLVMInt32TypeInContext(context)),
        i64_(LLVMInt64TypeInContext(context)),
        double_(LLVMDoubleTypeInContext(context)),
        pointer_(LLVMPointerTypeInContext(context, 0)) {}
  ~PredicateEmitter() { LLVMDisposeBuilder(builder_); }
  PredicateEmitter(const PredicateEmitter&) = delete;
  PredicateEmitter& operator=(const PredicateEmitter&) = delete;

  void Run() {
    LLVMTypeRef params[] = {pointer_};
    LLVMValueRef function = LLVMAddFunction(
        module_, name_.c_str(), LLVMFunctionType(i32_, params, 1, 0));
    DoesNotUnwind(function, context_);
    slots_ = LLVMGetParam(function, 0);
    LLVMPositionBuilderAtEnd(
        builder_, LLVMAppendBasicBlockInContext(context_, function, "entry"));
    for (const vm::PredicateInst& inst : predicate_.code) {
      held_.push_back(Emit(inst));
    }
    LLVMValueRef truth =
        LLVMBuildICmp(builder_, LLVMIntNE, held_.back().value, Int(0), "");
    LLVMBuildRet(builder_, LLVMBuildZExt(builder_, truth, i32_, ""));
  }

 private:
  LLVMValueRef Int(int64_t value) {
    return LLVMConstInt(i64_, static_cast<uint64_t>(value), 1);
  }
  LLVMValueRef True() { return LLVMConstInt(i1_, 1, 0); }
  LLVMValueRef And(LLVMValueRef a, LLVMValueRef b) {
    return LLVMBuildAnd(builder_, a, b, "");
  }
  LLVMValueRef IsSet(const Held& held) {
    return LLVMBuildICmp(builder_, LLVMIntNE, held.value, Int(0), "");
  }
  // A truth value as Int.
  Held Truth(LLVMValueRef bit) {
    return {True(), LLVMBuildZExt(builder_, bit, i64_, ""), nullptr};
  }

  LLVMValueRef Load(uint32_t slot, size_t offset, LLVMTypeRef type) {
    LLVMValueRef place[] = {
        Int(static_cast<int64_t>(slot * sizeof(tt_value) + offset))};
    return LLVMBuildLoad2(
        builder_, type,
        LLVMBuildInBoundsGEP2(builder_, LLVMInt8TypeInContext(context_), slots_,
                              place, 1, ""),
        "");
  }

  LLVMValueRef Call(const char* name, LLVMTypeRef result,
                    std::vector<LLVMTypeRef> types,
                    std::vector<LLVMValueRef> args) {
    LLVMTypeRef type = LLVMFunctionType(result, types.data(),
                                        static_cast<unsigned>(types.size()), 0);
    LLVMValueRef function = LLVMGetNamedFunction(module_, name);
    if (function == nullptr) {
      function = LLVMAddFunction(module_, name, type);
    }
    return LLVMBuildCall2(builder_, type, function, args.data(),
                          static_cast<unsigned>(args.size()), "");
  }

  LLVMValueRef Saturating(const char* name, LLVMValueRef a, LLVMValueRef b) {
    return Call(name, i64_, {i64_, i64_}, {a, b});
  }

  // a * b, at the end of the range where it would leave it.
  LLVMValueRef Product(LLVMValueRef a, LLVMValueRef b) {
    LLVMTypeRef fields[] = {i64_, i1_};
    LLVMTypeRef pair = LLVMStructTypeInContext(context_, fields, 2, 0);
    LLVMValueRef both =
        Call("llvm.smul.with.overflow.i64", pair, {i64_, i64_}, {a, b});
    LLVMValueRef sign = LLVMBuildXor(builder_, a, b, "");
    LLVMValueRef negative =
        LLVMBuildICmp(builder_, LLVMIntSLT, sign, Int(0), "");
    LLVMValueRef limit =
        LLVMBuildSelect(builder_, negative, Int(INT64_MIN), Int(INT64_MAX), "");
    return LLVMBuildSelect(builder_,
                           LLVMBuildExtractValue(builder_, both, 1, ""), limit,
                           LLVMBuildExtractValue(builder_, both, 0, ""), "");
  }

  LLVMValueRef CompareTexts(const Held& a, const Held& b) {
    LLVMTypeRef types[] = {pointer_, i64_, pointer_, i64_};
    LLVMTypeRef type = LLVMFunctionType(i32_, types, 4, 0);
    LLVMValueRef function = LLVMGetNamedFunction(module_, kCompareTexts);
    if (function == nullptr) {
      function = LLVMAddFunction(module_, kCompareTexts, type);
      EmitCompareTexts(function);
    }
    LLVMValueRef args[] = {a.value, a.size, b.value, b.size};
    return LLVMBuildCall2(builder_, type, function, args, 4, "");
  }

  // i32 compare_texts(ptr a, i64 a_size, ptr b, i64 b_size): less than 0, 0 or
  // more than 0. A part of each module that compares texts, so that code needs
  // nothing from outside.
  void EmitCompareTexts(LLVMValueRef function) {
    LLVMSetLinkage(function, LLVMInternalLinkage);
    DoesNotUnwind(function, context_);
    LLVMBuilderRef at = LLVMCreateBuilderInContext(context_);
    const auto block = [&](const char* name) {
      return LLVMAppendBasicBlockInContext(context_, function, name);
    };
    LLVMBasicBlockRef entry = block("entry");
    LLVMBasicBlockRef loop = block("loop");
    LLVMBasicBlockRef bytes = block("bytes");
    LLVMBasicBlockRef next = block("next");
    LLVMBasicBlockRef differ = block("differ");
    LLVMBasicBlockRef sizes = block("sizes");
    LLVMValueRef a_size = LLVMGetParam(function, 1);
    LLVMValueRef b_size = LLVMGetParam(function, 3);

    LLVMPositionBuilderAtEnd(at, entry);
    LLVMValueRef common =
        LLVMBuildSelect(at, LLVMBuildICmp(at, LLVMIntULT, a_size, b_size, ""),
                        a_size, b_size, "");
    LLVMBuildBr(at, loop);

    LLVMPositionBuilderAtEnd(at, loop);
    LLVMValueRef index = LLVMBuildPhi(at, i64_, "");
    LLVMBuildCondBr(at, LLVMBuildICmp(at, LLVMIntULT, index, common, ""), bytes,
                    sizes);

    LLVMPositionBuilderAtEnd(at, bytes);
    LLVMTypeRef i8 = LLVMInt8TypeInContext(context_);
    const auto byte = [&](unsigned text) {
      LLVMValueRef place = LLVMBuildInBoundsGEP2(
          at, i8, LLVMGetParam(function, text), &index, 1, "");
      return LLVMBuildZExt(at, LLVMBuildLoad2(at, i8, place, ""), i32_, "");
    };
    LLVMValueRef difference = LLVMBuildSub(at, byte(0), byte(2), "");
    LLVMBuildCondBr(
        at,
        LLVMBuildICmp(at, LLVMIntEQ, difference, LLVMConstInt(i32_, 0, 0), ""),
        next, differ);

    LLVMPositionBuilderAtEnd(at, next);
    LLVMValueRef stepped = LLVMBuildAdd(at, index, Int(1), "");
    LLVMBuildBr(at, loop);
    LLVMValueRef values[] = {Int(0), stepped};
    LLVMBasicBlockRef from[] = {entry, next};
    LLVMAddIncoming(index, values, from, 2);

    LLVMPositionBuilderAtEnd(at, differ);
    LLVMBuildRet(at, difference);

    LLVMPositionBuilderAtEnd(at, sizes);
    const auto more = [&](LLVMValueRef x, LLVMValueRef y) {
      return LLVMBuildZExt(at, LLVMBuildICmp(at, LLVMIntUGT, x, y, ""), i32_,
                           "");
    };
    LLVMBuildRet(
        at, LLVMBuildSub(at, more(a_size, b_size), more(b_size, a_size), ""));
    LLVMDisposeBuilder(at);
  }

  Held Slot(const vm::PredicateInst& inst) {
    Held held;
    held.present = LLVMBuildICmp(
        builder_, LLVMIntNE, Load(inst.a, offsetof(tt_value, present), i64_),
        Int(0), "");
    switch (inst.rep) {
      case Rep::Int:
      case Rep::Unsigned:
        held.value = Load(inst.a, offsetof(tt_value, i), i64_);
        break;
      case Rep::Float:
        held.value = Load(inst.a, offsetof(tt_value, f), double_);
        break;
      case Rep::Text:
        held.value = Load(inst.a, offsetof(tt_value, text), pointer_);
        held.size = Load(inst.a, offsetof(tt_value, text_size), i64_);
        break;
    }
    return held;
  }

  Held Text(const std::string& text) {
    LLVMValueRef bytes = LLVMConstStringInContext(
        context_, text.data(), static_cast<unsigned>(text.size()), 1);
    LLVMValueRef global =
        LLVMAddGlobal(module_, LLVMTypeOf(bytes), (name_ + ".text").c_str());
    LLVMSetInitializer(global, bytes);
    LLVMSetGlobalConstant(global, 1);
    LLVMSetLinkage(global, LLVMPrivateLinkage);
    return {True(), global, Int(static_cast<int64_t>(text.size()))};
  }

  Held Emit(const vm::PredicateInst& inst) {
    switch (inst.op) {
      case Op::Slot:
        return Slot(inst);
      case Op::StepSlot:
        return Truth(LLVMConstInt(i1_, 0, 0));  // refused by Verify
      case Op::ConstInt:
        return {True(), Int(predicate_.integers[inst.a]), nullptr};
      case Op::ConstFloat:
        return {True(), LLVMConstReal(double_, predicate_.floats[inst.a]),
                nullptr};
      case Op::ConstText:
        return Text(predicate_.texts[inst.a]);
      case Op::Has:
        return Truth(held_[inst.a].present);
      case Op::Not:
        return Truth(LLVMBuildNot(builder_, IsSet(held_[inst.a]), ""));
      case Op::And:
        return Truth(And(IsSet(held_[inst.a]), IsSet(held_[inst.b])));
      case Op::Or:
        return Truth(LLVMBuildOr(builder_, IsSet(held_[inst.a]),
                                 IsSet(held_[inst.b]), ""));
      case Op::Coalesce:
        return Coalesce(held_[inst.a], held_[inst.b]);
      case Op::When: {
        // What is absent reads as 0 and "".
        Held held = held_[inst.b];
        LLVMValueRef truth = IsSet(held_[inst.a]);
        held.present = And(truth, held.present);
        held.value = LLVMBuildSelect(builder_, truth, held.value,
                                     LLVMConstNull(LLVMTypeOf(held.value)), "");
        if (held.size != nullptr) {
          held.size = LLVMBuildSelect(builder_, truth, held.size, Int(0), "");
        }
        return held;
      }
      case Op::ToFloat:
        return {held_[inst.a].present,
                LLVMBuildSIToFP(builder_, held_[inst.a].value, double_, ""),
                nullptr};
      case Op::NegateInt:
        return {held_[inst.a].present,
                Saturating("llvm.ssub.sat.i64", Int(0), held_[inst.a].value),
                nullptr};
      case Op::NegateFloat:
        return {held_[inst.a].present,
                LLVMBuildFNeg(builder_, held_[inst.a].value, ""), nullptr};
      default:
        return Binary(inst.op, held_[inst.a], held_[inst.b]);
    }
  }

  Held Coalesce(const Held& a, const Held& b) {
    Held held;
    held.present = LLVMBuildOr(builder_, a.present, b.present, "");
    held.value = LLVMBuildSelect(builder_, a.present, a.value, b.value, "");
    if (a.size != nullptr) {
      held.size = LLVMBuildSelect(builder_, a.present, a.size, b.size, "");
    }
    return held;
  }

  Held Compared(LLVMValueRef both, LLVMIntPredicate order, const Held& a,
                const Held& b) {
    return Truth(
        And(both, LLVMBuildICmp(builder_, order, a.value, b.value, "")));
  }
  Held Compared(LLVMValueRef both, LLVMRealPredicate order, const Held& a,
                const Held& b) {
    return Truth(
        And(both, LLVMBuildFCmp(builder_, order, a.value, b.value, "")));
  }
  // Texts are compared where they are; an absent one is empty.
  Held ComparedTexts(LLVMValueRef both, LLVMIntPredicate order, const Held& a,
                     const Held& b) {
    LLVMValueRef zero = LLVMConstInt(i32_, 0, 0);
    return Truth(And(
        both, LLVMBuildICmp(builder_, order, CompareTexts(a, b), zero, "")));
  }

  Held Binary(Op op, const Held& a, const Held& b) {
    LLVMValueRef both = And(a.present, b.present);
    switch (op) {
      case Op::AddInt:
        return {both, Saturating("llvm.sadd.sat.i64", a.value, b.value),
                nullptr};
      case Op::SubtractInt:
        return {both, Saturating("llvm.ssub.sat.i64", a.value, b.value),
                nullptr};
      case Op::MultiplyInt:
        return {both, Product(a.value, b.value), nullptr};
      case Op::AddFloat:
        return {both, LLVMBuildFAdd(builder_, a.value, b.value, ""), nullptr};
      case Op::SubtractFloat:
        return {both, LLVMBuildFSub(builder_, a.value, b.value, ""), nullptr};
      case Op::MultiplyFloat:
        return {both, LLVMBuildFMul(builder_, a.value, b.value, ""), nullptr};
      case Op::DivideFloat:
        return {both, LLVMBuildFDiv(builder_, a.value, b.value, ""), nullptr};
      case Op::EqualInt:
        return Compared(both, LLVMIntEQ, a, b);
      case Op::LessInt:
        return Compared(both, LLVMIntSLT, a, b);
      case Op::LessEqualInt:
        return Compared(both, LLVMIntSLE, a, b);
      case Op::LessUnsigned:
        return Compared(both, LLVMIntULT, a, b);
      case Op::LessEqualUnsigned:
        return Compared(both, LLVMIntULE, a, b);
      case Op::EqualFloat:
        return Compared(both, LLVMRealOEQ, a, b);
      case Op::LessFloat:
        return Compared(both, LLVMRealOLT, a, b);
      case Op::LessEqualFloat:
        return Compared(both, LLVMRealOLE, a, b);
      case Op::EqualText:
        return ComparedTexts(both, LLVMIntEQ, a, b);
      case Op::LessText:
        return ComparedTexts(both, LLVMIntSLT, a, b);
      case Op::LessEqualText:
        return ComparedTexts(both, LLVMIntSLE, a, b);
      default:
        break;
    }
    return Truth(LLVMConstInt(i1_, 0, 0));
  }

  const vm::Predicate& predicate_;
  std::string name_;
  LLVMContextRef context_;
  LLVMModuleRef module_;
  LLVMBuilderRef builder_;
  LLVMTypeRef i1_, i32_, i64_, double_, pointer_;
  LLVMValueRef slots_ = nullptr;
  std::vector<Held> held_;
};

}  // namespace

void EmitPredicate(const vm::Predicate& predicate, uint32_t index,
                   LLVMContextRef context, LLVMModuleRef module) {
  PredicateEmitter(predicate, index, context, module).Run();
}

}  // namespace telltale::codegen
