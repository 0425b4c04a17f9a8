// E303: conditions that are true, or false, whatever the values are. Each
// value is tried at the constants it is compared with, next to them, at the
// ends of its type, and absent: between these nothing changes. So the answer is
// exact for comparisons of one value with constants, joined in any way; other
// comparisons may be true or false.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "dsl/check/expressions.h"

namespace telltale::check {

namespace {

using Kind = hir::Expr::Kind;
using vm::Rep;

// More is not worth the time, and hardly ever written.
constexpr size_t kMaxTries = 20'000;
constexpr size_t kMaxParts = 500;

enum class Truth { False, True, Either };

Truth Not(Truth truth) {
  return truth == Truth::Either  ? Truth::Either
         : truth == Truth::False ? Truth::True
                                 : Truth::False;
}

Truth Of(bool value) {
  return value ? Truth::True : Truth::False;
}

bool IsConstant(const hir::Expr& expr) {
  return expr.kind == Kind::Int || expr.kind == Kind::Float ||
         expr.kind == Kind::Text;
}

bool IsComparison(Kind kind) {
  return kind == Kind::Equal || kind == Kind::NotEqual || kind == Kind::Less ||
         kind == Kind::LessEqual || kind == Kind::Greater ||
         kind == Kind::GreaterEqual || kind == Kind::In;
}

bool IsJunction(Kind kind) {
  return kind == Kind::And || kind == Kind::Or || kind == Kind::Not;
}

vm::Value ValueOf(const hir::Expr& constant) {
  vm::Value value;
  value.type = constant.type;
  value.present = true;
  value.i = constant.integer;
  value.f = constant.number;
  value.text = constant.text;
  return value;
}

class Trial {
 public:
  Trial(const hir::Expr& condition, const Operands& operands)
      : operands_(operands) {
    Collect(condition);
  }

  // Of the whole condition, over all values.
  Truth Run(const hir::Expr& condition) {
    size_t tries = 1;
    for (auto& [place, variable] : variables_) {
      Sample(place, &variable);
      tries *= variable.samples.size();
      if (tries > kMaxTries) {
        return Truth::Either;
      }
    }
    std::optional<Truth> all;
    for (size_t k = 0; k < tries; ++k) {
      size_t rest = k;
      for (auto& [place, variable] : variables_) {
        variable.at = rest % variable.samples.size();
        rest /= variable.samples.size();
      }
      const Truth one = TruthOf(condition);
      if (one == Truth::Either || (all.has_value() && *all != one)) {
        return Truth::Either;
      }
      all = one;
    }
    return all.value_or(Truth::Either);
  }

  // A condition of params alone is a switch: that is what they are for.
  [[nodiscard]] bool is_switch() const {
    return variables_.empty() && has_param_;
  }
  [[nodiscard]] bool has_param() const { return has_param_; }

 private:
  struct Variable {
    vm::Type type = vm::Type::Int;
    std::vector<const hir::Expr*> constants;  // compared with it
    std::vector<vm::Value> samples;
    size_t at = 0;
  };

  // Values that a trial knows: a slot, a constant, one or else the other.
  static bool IsSimple(const hir::Expr& expr) {
    return IsConstant(expr) || expr.kind == Kind::Slot ||
           (expr.kind == Kind::Coalesce && IsSimple(expr.args[0]) &&
            IsSimple(expr.args[1]));
  }

  static void Slots(const hir::Expr& expr, std::set<Place>* out) {
    if (expr.kind == Kind::Slot) {
      out->insert({expr.step, expr.slot});
    }
    for (const hir::Expr& arg : expr.args) {
      Slots(arg, out);
    }
  }

  // Is it a comparison of one value with constants?
  static bool IsKnown(const hir::Expr& comparison) {
    std::set<Place> slots;
    for (const hir::Expr& arg : comparison.args) {
      if (!IsSimple(arg)) {
        return false;
      }
      Slots(arg, &slots);
    }
    return slots.size() <= 1;
  }

  void Collect(const hir::Expr& expr) {
    if (IsJunction(expr.kind)) {
      for (const hir::Expr& arg : expr.args) {
        Collect(arg);
      }
    } else if (expr.kind == Kind::Slot || expr.kind == Kind::Has ||
               (IsComparison(expr.kind) && IsKnown(expr))) {
      std::set<Place> slots;
      Slots(expr, &slots);
      AddTo(expr, slots.empty() ? nullptr : &variables_[*slots.begin()]);
    } else if (IsConstant(expr)) {
      has_param_ = has_param_ || expr.is_param;
    }
  }

  void AddTo(const hir::Expr& expr, Variable* variable) {
    if (IsConstant(expr)) {
      has_param_ = has_param_ || expr.is_param;
      if (variable != nullptr) {
        variable->constants.push_back(&expr);
      }
    } else if (expr.kind == Kind::Slot) {
      variable->type = expr.type;
    }
    for (const hir::Expr& arg : expr.args) {
      AddTo(arg, variable);
    }
  }

  void Sample(const Place& place, Variable* variable) {
    variable->samples.clear();
    const auto known = operands_.find(place);
    const bool is_capture =
        known != operands_.end() && known->second.is_capture;
    vm::Value value;
    value.type = variable->type;
    if (known == operands_.end() || !known->second.surely_there) {
      variable->samples.push_back(value);
    }
    value.present = true;
    switch (vm::RepOf(variable->type)) {
      case Rep::Int:
        SampleIntegers(variable, is_capture, value);
        break;
      case Rep::Unsigned:
        SampleUnsigned(variable, value);
        break;
      case Rep::Float:
        SampleFloats(variable, value);
        break;
      case Rep::Text:
        for (const hir::Expr* constant : variable->constants) {
          value.text = constant->text;
          variable->samples.push_back(value);
        }
        value.text = std::string_view("\n", 1);  // in no record
        variable->samples.push_back(value);
        break;
    }
  }

  static void SampleIntegers(Variable* variable, bool is_capture,
                             vm::Value value) {
    int64_t low = std::numeric_limits<int64_t>::min();
    int64_t high = std::numeric_limits<int64_t>::max();
    // What the language of a hole allows; a header's value may be anything.
    if (variable->type == vm::Type::Bool) {
      low = 0;
      high = 1;
    } else if (is_capture && (variable->type == vm::Type::Bytes ||
                              variable->type == vm::Type::Duration)) {
      low = 0;
    } else if (is_capture && variable->type == vm::Type::Int) {
      high = 999'999'999'999'999'999;
      low = -high;
    }
    const auto add = [&](int64_t sample) {
      if (sample >= low && sample <= high) {
        value.i = sample;
        variable->samples.push_back(value);
      }
    };
    add(low);
    add(high);
    for (const hir::Expr* constant : variable->constants) {
      const int64_t at = constant->integer;
      add(at);
      add(at == std::numeric_limits<int64_t>::min() ? at : at - 1);
      add(at == std::numeric_limits<int64_t>::max() ? at : at + 1);
    }
  }

  static void SampleUnsigned(Variable* variable, vm::Value value) {
    const auto add = [&](uint64_t sample) {
      value.i = static_cast<int64_t>(sample);
      variable->samples.push_back(value);
    };
    add(0);
    add(UINT64_MAX);
    for (const hir::Expr* constant : variable->constants) {
      const auto at = static_cast<uint64_t>(constant->integer);
      add(at);
      add(at - (at == 0 ? 0 : 1));
      add(at + (at == UINT64_MAX ? 0 : 1));
    }
  }

  static void SampleFloats(Variable* variable, vm::Value value) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    const auto add = [&](double sample) {
      value.f = sample;
      variable->samples.push_back(value);
    };
    add(std::numeric_limits<double>::quiet_NaN());
    add(-kInfinity);
    add(kInfinity);
    for (const hir::Expr* constant : variable->constants) {
      add(constant->number);
      add(std::nextafter(constant->number, -kInfinity));
      add(std::nextafter(constant->number, kInfinity));
    }
  }

  vm::Value Evaluate(const hir::Expr& expr) const {
    if (IsConstant(expr)) {
      return ValueOf(expr);
    }
    if (expr.kind == Kind::Coalesce) {
      const vm::Value first = Evaluate(expr.args[0]);
      return first.present ? first : Evaluate(expr.args[1]);
    }
    const Variable& variable = variables_.at({expr.step, expr.slot});
    return variable.samples[variable.at];
  }

  // As compiler/plan/lower_predicate.cc: with an absent value all are false.
  static bool Compare(Kind kind, const vm::Value& a, const vm::Value& b) {
    if (!a.present || !b.present) {
      return false;
    }
    const bool is_float = a.rep() == Rep::Float;
    if (is_float && (std::isnan(a.f) || std::isnan(b.f))) {
      return kind == Kind::NotEqual;
    }
    const int order =
        is_float ? (a.f > b.f) - (a.f < b.f) : vm::CompareValues(a, b);
    return kind == Kind::NotEqual       ? order != 0
           : kind == Kind::Less         ? order < 0
           : kind == Kind::LessEqual    ? order <= 0
           : kind == Kind::Greater      ? order > 0
           : kind == Kind::GreaterEqual ? order >= 0
                                        : order == 0;  // Equal, In
  }

  Truth TruthOf(const hir::Expr& expr) const {
    if (expr.kind == Kind::Not) {
      return Not(TruthOf(expr.args[0]));
    }
    if (expr.kind == Kind::And || expr.kind == Kind::Or) {
      const Truth decides = expr.kind == Kind::And ? Truth::False : Truth::True;
      Truth all = Not(decides);
      for (const hir::Expr& arg : expr.args) {
        const Truth one = TruthOf(arg);
        if (one == decides) {
          return decides;
        }
        all = one == Truth::Either ? one : all;
      }
      return all;
    }
    if (IsConstant(expr)) {
      return expr.is_param ? Truth::Either : Of(expr.integer != 0);
    }
    if (expr.kind == Kind::Slot) {
      const vm::Value value = Evaluate(expr);
      return Of(value.present && value.i != 0);
    }
    if (expr.kind == Kind::Has) {
      return IsSimple(expr.args[0]) ? Of(Evaluate(expr.args[0]).present)
                                    : Truth::Either;
    }
    if (!IsComparison(expr.kind) || !IsKnown(expr)) {
      return Truth::Either;
    }
    const auto is_param = [](const hir::Expr& arg) { return arg.is_param; };
    if (std::all_of(expr.args.begin(), expr.args.end(), IsConstant) &&
        std::any_of(expr.args.begin(), expr.args.end(), is_param)) {
      return Truth::Either;
    }
    const vm::Value value = Evaluate(expr.args[0]);
    return Of(std::any_of(expr.args.begin() + 1, expr.args.end(),
                          [&](const hir::Expr& other) {
                            return Compare(expr.kind, value, Evaluate(other));
                          }));
  }

  const Operands& operands_;
  std::map<Place, Variable> variables_;
  bool has_param_ = false;
};

size_t PartsOf(const hir::Expr& expr) {
  size_t parts = 1;
  for (const hir::Expr& arg : expr.args) {
    parts += PartsOf(arg);
  }
  return parts;
}

bool Refuse(const hir::Expr& condition, const Operands& operands,
            Context* context) {
  // The narrowest part is what is wrong.
  if (IsJunction(condition.kind)) {
    bool refused = false;
    for (const hir::Expr& arg : condition.args) {
      refused = Refuse(arg, operands, context) || refused;
    }
    if (refused) {
      return true;
    }
  }
  if (condition.span.empty()) {
    return false;  // `5 .. 9`: half of it may well be true
  }
  Trial trial(condition, operands);
  const Truth truth = trial.is_switch() ? Truth::Either : trial.Run(condition);
  if (truth == Truth::Either) {
    return false;
  }
  auto report = context->diags.Emit(condition.span, diag::ConstantCondition,
                                    truth == Truth::True ? "true" : "false");
  if ((condition.kind == Kind::And || condition.kind == Kind::Or) &&
      !condition.args[0].span.empty() && !condition.args[1].span.empty()) {
    report.Label(condition.args[0].span, "this")
        .Label(condition.args[1].span, condition.kind == Kind::And
                                           ? "and this exclude each other"
                                           : "or this always holds");
  }
  if (trial.has_param()) {
    report.Note("with the values that the params have");
  }
  report.Help(truth == Truth::True ? "leave it out, or mend the values in it"
                                   : "nothing would match: mend the values in "
                                     "it");
  return true;
}

}  // namespace

void RefuseConstant(const hir::Expr& condition, const Operands& operands,
                    Context* context) {
  if (PartsOf(condition) <= kMaxParts) {
    Refuse(condition, operands, context);
  }
}

}  // namespace telltale::check
