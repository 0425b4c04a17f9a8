// Shape of find_<k>: a block per state that loads the byte at the position and
// branches to the block of its transition; a transition's block moves
// registers, notes a match, advances and goes on to the next state. The working
// registers are a stack array; the position becomes an SSA value by mem2reg.
#include "compiler/codegen/emit_dfa.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <llvm-c/Core.h>

#include "runtime/abi/matcher.h"

namespace telltale::codegen {

namespace {

using automata::Dfa;

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
    text_ = LLVMGetParam(function_, 0);
    size_ = LLVMGetParam(function_, 1);
    flags_ = LLVMGetParam(function_, 2);
    results_ = LLVMGetParam(function_, 3);
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

  // What a transition does, then on to its state.
  void Move(const Dfa::Transition& move, LLVMValueRef position) {
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

  LLVMBasicBlockRef MoveBlock(const Dfa::Transition& move,
                              LLVMValueRef position) {
    if (move.next == Dfa::kDead && !move.accepts) {
      return done_;
    }
    LLVMBasicBlockRef block = Block("move");
    At(block);
    Move(move, position);
    return block;
  }

  void State(size_t state) {
    const std::vector<Dfa::Transition>& row = dfa_.states[state];
    At(blocks_[state]);
    LLVMValueRef position = LLVMBuildLoad2(builder_, i32_, position_, "");
    LLVMBasicBlockRef inside = Block("inside");
    LLVMBasicBlockRef end = Block("end");
    LLVMBuildCondBr(builder_,
                    LLVMBuildICmp(builder_, LLVMIntULT, position, size_, ""),
                    inside, end);

    At(end);
    const Dfa::Transition& message_end = row[dfa_.end_symbol(true)];
    const Dfa::Transition& window_end = row[dfa_.end_symbol(false)];
    LLVMBasicBlockRef at_message_end = MoveBlock(message_end, position);
    LLVMBasicBlockRef at_window_end = message_end == window_end
                                          ? at_message_end
                                          : MoveBlock(window_end, position);
    At(end);
    LLVMBuildCondBr(builder_, HasFlag(TT_AT_END), at_message_end,
                    at_window_end);

    // Classes with one transition share a block; the one with most bytes is
    // the default.
    struct Target {
      const Dfa::Transition* move = nullptr;
      std::vector<unsigned> bytes;
    };
    std::vector<Target> targets;
    for (unsigned byte = 0; byte < 256; ++byte) {
      const Dfa::Transition& move = row[dfa_.byte_class[byte]];
      auto found = std::find_if(
          targets.begin(), targets.end(),
          [&](const Target& target) { return *target.move == move; });
      if (found == targets.end()) {
        targets.push_back({&move, {}});
        found = std::prev(targets.end());
      }
      found->bytes.push_back(byte);
    }
    std::stable_sort(targets.begin(), targets.end(),
                     [](const Target& a, const Target& b) {
                       return a.bytes.size() > b.bytes.size();
                     });
    std::vector<LLVMBasicBlockRef> blocks;
    for (const Target& target : targets) {
      blocks.push_back(MoveBlock(*target.move, position));
    }
    At(inside);
    LLVMValueRef offset[] = {LLVMBuildZExt(builder_, position, i64_, "")};
    LLVMValueRef byte = LLVMBuildLoad2(
        builder_, i8_,
        LLVMBuildInBoundsGEP2(builder_, i8_, text_, offset, 1, ""), "");
    size_t cases = 0;
    for (size_t k = 1; k < targets.size(); ++k) {
      cases += targets[k].bytes.size();
    }
    LLVMValueRef choice = LLVMBuildSwitch(builder_, byte, blocks[0],
                                          static_cast<unsigned>(cases));
    for (size_t k = 1; k < targets.size(); ++k) {
      for (const unsigned value : targets[k].bytes) {
        LLVMAddCase(choice, Byte(value), blocks[k]);
      }
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
};

}  // namespace

void EmitDfa(const automata::Dfa& dfa, uint32_t index, LLVMContextRef context,
             LLVMModuleRef module) {
  DfaEmitter(dfa, index, context, module).Run();
}

}  // namespace telltale::codegen
