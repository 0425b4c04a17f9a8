// The part of Verify that looks into code: terms and predicates.
#include <array>
#include <vector>

#include <fmt/format.h>

#include "runtime/vm/limits.h"
#include "runtime/vm/verify.h"

namespace telltale::vm {

namespace {

using Op = PredicateInst::Op;

Result<void> Bad(std::string_view what, size_t index, std::string_view why) {
  return Fail(fmt::format("{} {}: {}", what, index, why));
}

bool InRange(const Term& term, const Inst& inst) {
  const bool next = inst.next < term.code.size();
  switch (inst.op) {
    case Inst::Op::Byte:
      return next && inst.arg < term.sets.size();
    case Inst::Op::Split:
      return next && inst.other < term.code.size();
    case Inst::Op::Tag:
      return next && inst.arg < term.registers;
    case Inst::Op::Assert:
      return next && inst.arg <= static_cast<uint32_t>(Look::NoDigitAhead);
    case Inst::Op::Match:
      return true;
  }
  return false;  // no op of ours
}

// The moves of an instruction that consume nothing.
size_t EmptyMoves(const Inst& inst, std::array<uint32_t, 2>* moves) {
  switch (inst.op) {
    case Inst::Op::Split:
      *moves = {inst.next, inst.other};
      return 2;
    case Inst::Op::Tag:
    case Inst::Op::Assert:
      *moves = {inst.next, 0};
      return 1;
    case Inst::Op::Byte:
    case Inst::Op::Match:
      return 0;
  }
  return 0;
}

// Depth first; a move to an instruction on the path closes a cycle.
// (Inlined, it sets off a false warning of g++ 12 about its vectors.)
[[gnu::noinline]] bool HasEmptyCycle(const Term& term) {
  enum class Mark : uint8_t { New, OnPath, Done };
  struct Step {
    uint32_t inst = 0;
    size_t move = 0;
  };
  std::vector<Mark> marks(term.code.size(), Mark::New);
  std::vector<Step> path;
  for (uint32_t start = 0; start < term.code.size(); ++start) {
    if (marks[start] != Mark::New) {
      continue;
    }
    path.push_back({start, 0});
    marks[start] = Mark::OnPath;
    while (!path.empty()) {
      std::array<uint32_t, 2> moves{};
      Step& step = path.back();
      if (step.move == EmptyMoves(term.code[step.inst], &moves)) {
        marks[step.inst] = Mark::Done;
        path.pop_back();
        continue;
      }
      const uint32_t to = moves.at(step.move++);
      if (marks[to] == Mark::OnPath) {
        return true;
      }
      if (marks[to] == Mark::New) {
        marks[to] = Mark::OnPath;
        path.push_back({to, 0});
      }
    }
  }
  return false;
}

// What an operation reads and makes. Int and Unsigned share their bits.
enum class Shape : uint8_t { None, Int, Float, Text, Any };

struct Signature {
  Shape a = Shape::None;
  Shape b = Shape::None;
  Shape result = Shape::Int;
};

Signature SignatureOf(Op op) {
  switch (op) {
    case Op::Slot:
    case Op::StepSlot:
      return {Shape::None, Shape::None, Shape::Any};
    case Op::ConstInt:
      return {Shape::None, Shape::None, Shape::Int};
    case Op::ConstFloat:
      return {Shape::None, Shape::None, Shape::Float};
    case Op::ConstText:
      return {Shape::None, Shape::None, Shape::Text};
    case Op::ToFloat:
      return {Shape::Int, Shape::None, Shape::Float};
    case Op::NegateInt:
    case Op::Not:
      return {Shape::Int, Shape::None, Shape::Int};
    case Op::NegateFloat:
      return {Shape::Float, Shape::None, Shape::Float};
    case Op::Has:
      return {Shape::Any, Shape::None, Shape::Int};
    case Op::AddInt:
    case Op::SubtractInt:
    case Op::MultiplyInt:
    case Op::EqualInt:
    case Op::LessInt:
    case Op::LessEqualInt:
    case Op::LessUnsigned:
    case Op::LessEqualUnsigned:
    case Op::And:
    case Op::Or:
      return {Shape::Int, Shape::Int, Shape::Int};
    case Op::AddFloat:
    case Op::SubtractFloat:
    case Op::MultiplyFloat:
    case Op::DivideFloat:
      return {Shape::Float, Shape::Float, Shape::Float};
    case Op::EqualFloat:
    case Op::LessFloat:
    case Op::LessEqualFloat:
      return {Shape::Float, Shape::Float, Shape::Int};
    case Op::EqualText:
    case Op::LessText:
    case Op::LessEqualText:
      return {Shape::Text, Shape::Text, Shape::Int};
    case Op::Coalesce:
      return {Shape::Any, Shape::Any, Shape::Any};
    case Op::When:
      return {Shape::Int, Shape::Any, Shape::Any};
  }
  return {};
}

Shape ShapeOf(Rep rep) {
  switch (rep) {
    case Rep::Int:
    case Rep::Unsigned:
      return Shape::Int;
    case Rep::Float:
      return Shape::Float;
    case Rep::Text:
      return Shape::Text;
  }
  return Shape::None;
}

bool Reads(const Predicate& predicate, size_t at, uint32_t operand,
           Shape wanted) {
  if (wanted == Shape::None) {
    return true;
  }
  return operand < at && (wanted == Shape::Any ||
                          ShapeOf(predicate.code[operand].rep) == wanted);
}

bool InstFits(const Predicate& predicate, size_t at) {
  const PredicateInst& inst = predicate.code[at];
  if (inst.op > Op::When || inst.op == Op::StepSlot) {
    return false;  // no op of ours, or reserved
  }
  const Signature signature = SignatureOf(inst.op);
  const Shape result = ShapeOf(inst.rep);
  const bool pool = inst.op == Op::ConstInt ? inst.a < predicate.integers.size()
                    : inst.op == Op::ConstFloat
                        ? inst.a < predicate.floats.size()
                    : inst.op == Op::ConstText ? inst.a < predicate.texts.size()
                                               : true;
  const bool coalesce =
      inst.op != Op::Coalesce || (Reads(predicate, at, inst.a, result) &&
                                  Reads(predicate, at, inst.b, result));
  const bool when = inst.op != Op::When || Reads(predicate, at, inst.b, result);
  return pool && coalesce && when && result != Shape::None &&
         (signature.result == Shape::Any || signature.result == result) &&
         Reads(predicate, at, inst.a, signature.a) &&
         Reads(predicate, at, inst.b, signature.b);
}

}  // namespace

Result<void> VerifyTerm(const Term& term, size_t index) {
  if (term.code.empty() || term.code.size() > kMaxTermCode) {
    return Bad("term", index,
               fmt::format("{} instructions (limit {})", term.code.size(),
                           kMaxTermCode));
  }
  if (term.registers < 2 || term.registers > kMaxRegisters ||
      term.code.size() * term.registers > kMaxTermState) {
    return Bad("term", index, "too many captures for its size");
  }
  for (const Inst& inst : term.code) {
    if (!InRange(term, inst)) {
      return Bad("term", index, "an instruction points outside");
    }
  }
  if (HasEmptyCycle(term)) {
    return Bad("term", index, "a loop that consumes nothing");
  }
  if (term.first != FirstBytes(term)) {
    return Bad("term", index, "its first bytes are not those of its code");
  }
  return {};
}

Result<void> VerifyPredicate(const Predicate& predicate, size_t index) {
  if (predicate.code.empty() || predicate.code.size() > kMaxPredicateCode) {
    return Bad("predicate", index, "its size is out of bounds");
  }
  for (size_t k = 0; k < predicate.code.size(); ++k) {
    if (!InstFits(predicate, k)) {
      return Bad("predicate", index,
                 fmt::format("instruction {} is malformed", k));
    }
  }
  return {};
}

ByteSet FirstBytes(const Term& term) {
  // Looks are taken as true: the set may only be too large.
  ByteSet first;
  std::vector<bool> seen(term.code.size(), false);
  std::vector<uint32_t> open = {0};
  while (!open.empty()) {
    const uint32_t pc = open.back();
    open.pop_back();
    if (pc >= term.code.size() || seen[pc]) {
      continue;
    }
    seen[pc] = true;
    const Inst& inst = term.code[pc];
    std::array<uint32_t, 2> moves{};
    const size_t count = EmptyMoves(inst, &moves);
    open.insert(open.end(), moves.begin(), moves.begin() + count);
    if (inst.op == Inst::Op::Byte && inst.arg < term.sets.size()) {
      first |= term.sets[inst.arg];
    } else if (inst.op == Inst::Op::Match) {
      first.set();
    }
  }
  return first;
}

}  // namespace telltale::vm
