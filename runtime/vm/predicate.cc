#include <limits>
#include <string_view>

#include "runtime/vm/interpret.h"

namespace telltale::vm {

namespace {

using Op = PredicateInst::Op;

constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

// Saturating arithmetic: beyond the ends it stays at the end.
int64_t Added(int64_t a, int64_t b) {
  int64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? (b > 0 ? kMax : kMin) : sum;
}

int64_t Subtracted(int64_t a, int64_t b) {
  int64_t difference = 0;
  return __builtin_sub_overflow(a, b, &difference) ? (b < 0 ? kMax : kMin)
                                                   : difference;
}

int64_t Multiplied(int64_t a, int64_t b) {
  int64_t product = 0;
  return __builtin_mul_overflow(a, b, &product)
             ? ((a < 0) == (b < 0) ? kMax : kMin)
             : product;
}

struct Register {
  bool present = false;
  int64_t i = 0;
  double f = 0;
  std::string_view text;
};

Register Truth(bool value) {
  return {true, value ? 1 : 0, 0, {}};
}

Register Int(bool present, int64_t value) {
  return {present, value, 0, {}};
}

Register Float(bool present, double value) {
  return {present, 0, value, {}};
}

// What is absent reads as false, 0 and "".
Register FromSlot(const tt_value& slot) {
  if (slot.present == 0) {
    return {};
  }
  std::string_view text;
  if (slot.text != nullptr) {
    text = {reinterpret_cast<const char*>(slot.text), slot.text_size};
  }
  return {true, slot.i, slot.f, text};
}

Register Run(const Predicate& predicate, const PredicateInst& inst,
             const tt_value* slots, const std::vector<Register>& done) {
  // Constants and slots do not read `a` and `b`.
  const auto operand = [&](uint32_t index) {
    return index < done.size() ? done[index] : Register{};
  };
  const Register a = operand(inst.a);
  const Register b = operand(inst.b);
  const bool both = a.present && b.present;
  const auto ua = static_cast<uint64_t>(a.i);
  const auto ub = static_cast<uint64_t>(b.i);
  switch (inst.op) {
    case Op::Slot:
      return FromSlot(slots[inst.a]);
    case Op::StepSlot:
      return {};  // reserved; Verify refuses it
    case Op::ConstInt:
      return Int(true, predicate.integers[inst.a]);
    case Op::ConstFloat:
      return Float(true, predicate.floats[inst.a]);
    case Op::ConstText:
      return {true, 0, 0, predicate.texts[inst.a]};
    case Op::ToFloat:
      return Float(a.present, static_cast<double>(a.i));
    case Op::AddInt:
      return Int(both, Added(a.i, b.i));
    case Op::SubtractInt:
      return Int(both, Subtracted(a.i, b.i));
    case Op::MultiplyInt:
      return Int(both, Multiplied(a.i, b.i));
    case Op::NegateInt:
      return Int(a.present, Subtracted(0, a.i));
    case Op::AddFloat:
      return Float(both, a.f + b.f);
    case Op::SubtractFloat:
      return Float(both, a.f - b.f);
    case Op::MultiplyFloat:
      return Float(both, a.f * b.f);
    case Op::DivideFloat:
      return Float(both, a.f / b.f);
    case Op::NegateFloat:
      return Float(a.present, -a.f);
    case Op::EqualInt:
      return Truth(both && a.i == b.i);
    case Op::LessInt:
      return Truth(both && a.i < b.i);
    case Op::LessEqualInt:
      return Truth(both && a.i <= b.i);
    case Op::LessUnsigned:
      return Truth(both && ua < ub);
    case Op::LessEqualUnsigned:
      return Truth(both && ua <= ub);
    case Op::EqualFloat:
      return Truth(both && a.f == b.f);
    case Op::LessFloat:
      return Truth(both && a.f < b.f);
    case Op::LessEqualFloat:
      return Truth(both && a.f <= b.f);
    case Op::EqualText:
      return Truth(both && a.text == b.text);
    case Op::LessText:
      return Truth(both && a.text < b.text);
    case Op::LessEqualText:
      return Truth(both && a.text <= b.text);
    case Op::Not:
      return Truth(a.i == 0);
    case Op::And:
      return Truth(a.i != 0 && b.i != 0);
    case Op::Or:
      return Truth(a.i != 0 || b.i != 0);
    case Op::Has:
      return Truth(a.present);
    case Op::Coalesce:
      return a.present ? a : b;
    case Op::When:
      return a.i != 0 ? b : Register{};
  }
  return {};
}

}  // namespace

bool Evaluate(const Predicate& predicate, const tt_value* slots) {
  std::vector<Register> done;
  done.reserve(predicate.code.size());
  for (const PredicateInst& inst : predicate.code) {
    done.push_back(Run(predicate, inst, slots, done));
  }
  return done.back().i != 0;
}

}  // namespace telltale::vm
