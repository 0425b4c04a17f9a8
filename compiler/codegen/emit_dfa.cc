// Shape of find_<k>: a block per state that loads the byte at the position and
// branches to the block of its transition; a transition's block moves
// registers, notes a match, advances and goes on to the next state. A table
// gives the class of a byte first: a switch over classes is a fraction of one
// over bytes. Equal
// transitions share their block, whichever state they leave: most of them are
// the same few, and machine code costs time by the block. The working registers
// are a stack array; the position becomes an SSA value by mem2reg.
#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <llvm-c/Core.h>

#include "compiler/codegen/emit.h"
#include "runtime/abi/matcher.h"

namespace telltale::codegen {

namespace {

using automata::Dfa;

// A switch of few cases is compares; written so, it also takes the fast way
// through code generation.
constexpr size_t kMaxCompares = 6;

class DfaEmitter {
 public:
  DfaEmitter(const Dfa& dfa, uint32_t index, LLVMContextRef context,
             LLVMModuleRef module)
      : dfa_(dfa),
        name_("find_" + std::to_string(index)),
        context_(context),
        module_(module),
        builder_(LLVMCreateBuilderInContext(context)),
        i8_(LLVMInt8TypeInContext(context)),
        i32_(LLVMInt32TypeInContext(context)),
        i64_(LLVMInt64TypeInContext(context)),
        pointer_(LLVMPointerTypeInContext(context, 0)) {}
  ~DfaEmitter() { LLVMDisposeBuilder(builder_); }
  DfaEmitter(const DfaEmitter&) = delete;
  DfaEmitter& operator=(const DfaEmitter&) = delete;

  void Run() {
    LLVMTypeRef params[] = {pointer_, i32_, i32_, pointer_};
    function_ = LLVMAddFunction(module_, name_.c_str(),
                                LLVMFunctionType(i32_, params, 4, 0));
    DoesNotUnwind(function_, context_);
    text_ = LLVMGetParam(function_, 0);
    size_ = LLVMGetParam(function_, 1);
    flags_ = LLVMGetParam(function_, 2);
    results_ = LLVMGetParam(function_, 3);
    classes_ = ClassTable();
    LLVMBasicBlockRef entry = Block("entry");
    done_ = Block("done");
    blocks_.push_back(done_);  // the dead state
    for (size_t state = 1; state < dfa_.states.size(); ++state) {
      blocks_.push_back(Block("state"));
    }
    At(entry);
    position_ = LLVMBuildAlloca(builder_, i32_, "position");
    matched_ = LLVMBuildAlloca(builder_, i32_, "matched");
    registers_ = LLVMBuildArrayAlloca(
        builder_, i32_, Int(std::max(1u, dfa_.registers)), "registers");
    LLVMBuildStore(builder_, Int(0), position_);
    LLVMBuildStore(builder_, Int(0), matched_);
    LLVMBuildCondBr(builder_, HasFlag(TT_AT_START), blocks_[dfa_.start],
                    blocks_[dfa_.start_inside]);
    for (size_t state = 1; state < dfa_.states.size(); ++state) {
      State(state);
    }
    At(done_);
    LLVMBuildRet(builder_, LLVMBuildLoad2(builder_, i32_, matched_, ""));
  }

 private:
  LLVMBasicBlockRef Block(const char* name) {
    return LLVMAppendBasicBlockInContext(context_, function_, name);
  }
  void At(LLVMBasicBlockRef block) {
    LLVMPositionBuilderAtEnd(builder_, block);
  }
  LLVMValueRef Int(uint64_t value) { return LLVMConstInt(i32_, value, 0); }
  LLVMValueRef Byte(unsigned value) { return LLVMConstInt(i8_, value, 0); }

  LLVMValueRef ClassTable() {
    std::array<char, 256> bytes{};
    for (unsigned byte = 0; byte < 256; ++byte) {
      bytes[byte] = static_cast<char>(dfa_.byte_class[byte]);
    }
    LLVMValueRef table = LLVMAddGlobal(module_, LLVMArrayType2(i8_, 256),
                                       (name_ + ".classes").c_str());
    LLVMSetInitializer(
        table, LLVMConstStringInContext2(context_, bytes.data(), 256, 1));
    LLVMSetGlobalConstant(table, 1);
    LLVMSetLinkage(table, LLVMPrivateLinkage);
    return table;
  }

  LLVMValueRef HasFlag(uint32_t flag) {
    LLVMValueRef bit = LLVMBuildAnd(builder_, flags_, Int(flag), "");
    return LLVMBuildICmp(builder_, LLVMIntNE, bit, Int(0), "");
  }

  LLVMValueRef Element(LLVMValueRef array, uint32_t index) {
    LLVMValueRef offset[] = {Int(index)};
    return LLVMBuildInBoundsGEP2(builder_, i32_, array, offset, 1, "");
  }

  LLVMValueRef Value(const Dfa::Op& op, LLVMValueRef position) {
    switch (op.kind) {
      case Dfa::Op::Kind::Copy:
        return LLVMBuildLoad2(builder_, i32_, Element(registers_, op.from), "");
      case Dfa::Op::Kind::Position:
        return position;
      case Dfa::Op::Kind::None:
        return Int(TT_NONE);
    }
    return Int(TT_NONE);
  }

  void Write(const std::vector<Dfa::Op>& ops, LLVMValueRef target,
             LLVMValueRef position) {
    std::vector<LLVMValueRef> values;
    for (const Dfa::Op& op : ops) {
      values.push_back(Value(op, position));
    }
    for (size_t k = 0; k < ops.size(); ++k) {
      LLVMBuildStore(builder_, values[k], Element(target, ops[k].to));
    }
  }

  // The block that does what a transition does, then goes on to its state.
  LLVMBasicBlockRef MoveBlock(const Dfa::Transition& move) {
    if (move.next == Dfa::kDead && !move.accepts) {
      return done_;
    }
    const auto [at, added] = moves_.emplace(move, nullptr);
    if (added) {
      at->second = Block("move");
      At(at->second);
      LLVMValueRef position = LLVMBuildLoad2(builder_, i32_, position_, "");
      if (move.accepts) {
        Write(move.accept, results_, position);
        LLVMBuildStore(builder_, Int(1), matched_);
      }
      if (move.next != Dfa::kDead) {
        Write(move.ops, registers_, position);
        LLVMBuildStore(builder_, LLVMBuildAdd(builder_, position, Int(1), ""),
                       position_);
      }
      LLVMBuildBr(builder_, blocks_[move.next]);
    }
    return at->second;
  }

  // Where a state goes when there is no byte left.
  LLVMBasicBlockRef EndBlock(const std::vector<Dfa::Transition>& row) {
    LLVMBasicBlockRef message_end = MoveBlock(row[dfa_.end_symbol(true)]);
    LLVMBasicBlockRef window_end = MoveBlock(row[dfa_.end_symbol(false)]);
    if (message_end == window_end) {
      return message_end;
    }
    LLVMBasicBlockRef end = Block("end");
    At(end);
    LLVMBuildCondBr(builder_, HasFlag(TT_AT_END), message_end, window_end);
    return end;
  }

  void State(size_t state) {
    const std::vector<Dfa::Transition>& row = dfa_.states[state];
    // The way that most classes take is the default of the switch.
    std::map<LLVMBasicBlockRef, unsigned> uses;
    std::vector<LLVMBasicBlockRef> ways;
    for (unsigned cls = 0; cls < dfa_.classes; ++cls) {
      ways.push_back(MoveBlock(row[cls]));
      ++uses[ways.back()];
    }
    LLVMBasicBlockRef usual = ways[0];
    for (const LLVMBasicBlockRef way : ways) {
      usual = uses[way] > uses[usual] ? way : usual;
    }
    LLVMBasicBlockRef end = EndBlock(row);
    LLVMBasicBlockRef inside = Block("inside");
    At(blocks_[state]);
    LLVMValueRef position = LLVMBuildLoad2(builder_, i32_, position_, "");
    LLVMBuildCondBr(builder_,
                    LLVMBuildICmp(builder_, LLVMIntULT, position, size_, ""),
                    inside, end);
    At(inside);
    LLVMValueRef offset[] = {LLVMBuildZExt(builder_, position, i64_, "")};
    LLVMValueRef byte = LLVMBuildLoad2(
        builder_, i8_,
        LLVMBuildInBoundsGEP2(builder_, i8_, text_, offset, 1, ""), "");
    LLVMValueRef index[] = {LLVMBuildZExt(builder_, byte, i64_, "")};
    LLVMValueRef cls = LLVMBuildLoad2(
        builder_, i8_,
        LLVMBuildInBoundsGEP2(builder_, i8_, classes_, index, 1, ""), "");
    std::vector<unsigned> others;
    for (unsigned k = 0; k < dfa_.classes; ++k) {
      if (ways[k] != usual) {
        others.push_back(k);
      }
    }
    if (others.size() > kMaxCompares) {
      LLVMValueRef choice = LLVMBuildSwitch(
          builder_, cls, usual, static_cast<unsigned>(others.size()));
      for (const unsigned k : others) {
        LLVMAddCase(choice, Byte(k), ways[k]);
      }
      return;
    }
    for (const unsigned k : others) {
      LLVMBasicBlockRef next = k == others.back() ? usual : Block("compare");
      LLVMBuildCondBr(builder_,
                      LLVMBuildICmp(builder_, LLVMIntEQ, cls, Byte(k), ""),
                      ways[k], next);
      At(next);
    }
    if (others.empty()) {
      LLVMBuildBr(builder_, usual);
    }
  }

  const Dfa& dfa_;
  std::string name_;
  LLVMContextRef context_;
  LLVMModuleRef module_;
  LLVMBuilderRef builder_;
  LLVMTypeRef i8_, i32_, i64_, pointer_;
  LLVMValueRef function_ = nullptr;
  LLVMValueRef text_ = nullptr;
  LLVMValueRef size_ = nullptr;
  LLVMValueRef flags_ = nullptr;
  LLVMValueRef results_ = nullptr;
  LLVMValueRef position_ = nullptr;
  LLVMValueRef matched_ = nullptr;
  LLVMValueRef registers_ = nullptr;
  LLVMBasicBlockRef done_ = nullptr;
  std::vector<LLVMBasicBlockRef> blocks_;
  std::map<Dfa::Transition, LLVMBasicBlockRef> moves_;
  LLVMValueRef classes_ = nullptr;  // the class of each byte
};

}  // namespace

void DoesNotUnwind(LLVMValueRef function, LLVMContextRef context) {
  constexpr std::string_view kName = "nounwind";
  const unsigned kind =
      LLVMGetEnumAttributeKindForName(kName.data(), kName.size());
  LLVMAddAttributeAtIndex(function,
                          static_cast<unsigned>(LLVMAttributeFunctionIndex),
                          LLVMCreateEnumAttribute(context, kind, 0));
}

void EmitDfa(const automata::Dfa& dfa, uint32_t index, LLVMContextRef context,
             LLVMModuleRef module) {
  DfaEmitter(dfa, index, context, module).Run();
}

}  // namespace telltale::codegen
