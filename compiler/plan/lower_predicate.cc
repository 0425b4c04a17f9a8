#include "compiler/plan/lower_predicate.h"

#include "runtime/base/narrow.h"

namespace telltale::plan {

namespace {

using Op = vm::PredicateInst::Op;
using vm::Rep;

class Builder {
 public:
  vm::Predicate Take() { return std::move(predicate_); }

  // The instruction that holds the value of `expr`.
  uint32_t Value(const hir::Expr& expr) {
    using Kind = hir::Expr::Kind;
    const std::vector<hir::Expr>& args = expr.args;
    switch (expr.kind) {
      case Kind::Int:
        predicate_.integers.push_back(expr.integer);
        return Add(Op::ConstInt, Last(predicate_.integers), 0,
                   vm::RepOf(expr.type));
      case Kind::Float:
        predicate_.floats.push_back(expr.number);
        return Add(Op::ConstFloat, Last(predicate_.floats), 0, Rep::Float);
      case Kind::Text:
        predicate_.texts.push_back(expr.text);
        return Add(Op::ConstText, Last(predicate_.texts), 0, Rep::Text);
      case Kind::Slot:
        return Add(Op::Slot, expr.slot, 0, vm::RepOf(expr.type));
      case Kind::And:
        return Fold(args, Op::And);
      case Kind::Or:
        return Fold(args, Op::Or);
      case Kind::Not:
        return Add(Op::Not, Value(args[0]), 0, Rep::Int);
      case Kind::Equal:
        return Equal(Value(args[0]), Value(args[1]));
      case Kind::NotEqual: {
        // Both must be there: a comparison with an absent value is false.
        const uint32_t a = Value(args[0]);
        const uint32_t b = Value(args[1]);
        const uint32_t both = Add(Op::And, Add(Op::Has, a, 0, Rep::Int),
                                  Add(Op::Has, b, 0, Rep::Int), Rep::Int);
        return Add(Op::And, both, Add(Op::Not, Equal(a, b), 0, Rep::Int),
                   Rep::Int);
      }
      case Kind::Less:
        return Order(args[0], args[1], false);
      case Kind::LessEqual:
        return Order(args[0], args[1], true);
      case Kind::Greater:
        return Order(args[1], args[0], false);
      case Kind::GreaterEqual:
        return Order(args[1], args[0], true);
      case Kind::In: {
        const uint32_t value = Value(args[0]);
        uint32_t any = Equal(value, Value(args[1]));
        for (size_t k = 2; k < args.size(); ++k) {
          any = Add(Op::Or, any, Equal(value, Value(args[k])), Rep::Int);
        }
        return any;
      }
      case Kind::Add:
        return Arithmetic(expr, Op::AddInt, Op::AddFloat);
      case Kind::Subtract:
        return Arithmetic(expr, Op::SubtractInt, Op::SubtractFloat);
      case Kind::Multiply:
        return Arithmetic(expr, Op::MultiplyInt, Op::MultiplyFloat);
      case Kind::Divide: {
        const uint32_t a = AsFloat(Value(args[0]));
        return Add(Op::DivideFloat, a, AsFloat(Value(args[1])), Rep::Float);
      }
      case Kind::Negate: {
        const uint32_t a = Value(args[0]);
        return RepAt(a) == Rep::Float ? Add(Op::NegateFloat, a, 0, Rep::Float)
                                      : Add(Op::NegateInt, a, 0, Rep::Int);
      }
      case Kind::ToFloat:
        return AsFloat(Value(args[0]));
      case Kind::Has:
        return Add(Op::Has, Value(args[0]), 0, Rep::Int);
      case Kind::When: {
        const uint32_t a = Value(args[0]);
        const uint32_t b = Value(args[1]);
        return Add(Op::When, a, b, RepAt(b));
      }
      case Kind::Coalesce: {
        uint32_t a = Value(args[0]);
        uint32_t b = Value(args[1]);
        if (RepAt(a) == Rep::Float || RepAt(b) == Rep::Float) {
          a = AsFloat(a);
          b = AsFloat(b);
        }
        return Add(Op::Coalesce, a, b, RepAt(a));
      }
    }
    return 0;
  }

 private:
  template <typename T>
  static uint32_t Last(const std::vector<T>& pool) {
    return Narrow<uint32_t>(pool.size() - 1);
  }

  uint32_t Add(Op op, uint32_t a, uint32_t b, Rep rep) {
    predicate_.code.push_back({op, a, b, rep});
    return Last(predicate_.code);
  }

  Rep RepAt(uint32_t index) const { return predicate_.code[index].rep; }

  uint32_t AsFloat(uint32_t index) {
    return RepAt(index) == Rep::Float ? index
                                      : Add(Op::ToFloat, index, 0, Rep::Float);
  }

  // Makes two operands comparable: an integer beside a float becomes one.
  void Meet(uint32_t* a, uint32_t* b) {
    if (RepAt(*a) == Rep::Float || RepAt(*b) == Rep::Float) {
      *a = AsFloat(*a);
      *b = AsFloat(*b);
    }
  }

  uint32_t Equal(uint32_t a, uint32_t b) {
    Meet(&a, &b);
    switch (RepAt(a)) {
      case Rep::Int:
      case Rep::Unsigned:
        return Add(Op::EqualInt, a, b, Rep::Int);
      case Rep::Float:
        return Add(Op::EqualFloat, a, b, Rep::Int);
      case Rep::Text:
        return Add(Op::EqualText, a, b, Rep::Int);
    }
    return a;
  }

  uint32_t Order(const hir::Expr& less, const hir::Expr& more, bool or_equal) {
    uint32_t a = Value(less);
    uint32_t b = Value(more);
    Meet(&a, &b);
    switch (RepAt(a)) {
      case Rep::Int:
        return Add(or_equal ? Op::LessEqualInt : Op::LessInt, a, b, Rep::Int);
      case Rep::Unsigned:
        return Add(or_equal ? Op::LessEqualUnsigned : Op::LessUnsigned, a, b,
                   Rep::Int);
      case Rep::Float:
        return Add(or_equal ? Op::LessEqualFloat : Op::LessFloat, a, b,
                   Rep::Int);
      case Rep::Text:
        return Add(or_equal ? Op::LessEqualText : Op::LessText, a, b, Rep::Int);
    }
    return a;
  }

  uint32_t Arithmetic(const hir::Expr& expr, Op on_int, Op on_float) {
    uint32_t a = Value(expr.args[0]);
    uint32_t b = Value(expr.args[1]);
    Meet(&a, &b);
    return RepAt(a) == Rep::Float ? Add(on_float, a, b, Rep::Float)
                                  : Add(on_int, a, b, Rep::Int);
  }

  uint32_t Fold(const std::vector<hir::Expr>& args, Op op) {
    uint32_t all = Value(args[0]);
    for (size_t k = 1; k < args.size(); ++k) {
      all = Add(op, all, Value(args[k]), Rep::Int);
    }
    return all;
  }

  vm::Predicate predicate_;
};

}  // namespace

vm::Predicate LowerPredicate(const hir::Expr& expr) {
  Builder builder;
  builder.Value(expr);
  return builder.Take();
}

}  // namespace telltale::plan
