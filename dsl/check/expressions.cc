#include "dsl/check/expressions.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "dsl/check/patterns.h"
#include "dsl/check/redundant.h"
#include "runtime/vm/limits.h"

namespace telltale::check {

namespace {

using vm::Type;
using Kind = hir::Expr::Kind;

// A condition asks row by row; of these about as many as fit a predicate
// (vm::kMaxPredicateCode).
constexpr size_t kMostRowsAsked = 2'000;

bool IsText(Type type) {
  return vm::RepOf(type) == vm::Rep::Text;
}

bool IsLiteral(const hir::Expr& expr) {
  return expr.kind == Kind::Int || expr.kind == Kind::Float ||
         expr.kind == Kind::Text;
}

Place PlaceOf(const hir::Expr& slot) {
  return {slot.step, slot.slot};
}

class ExprCheck {
 public:
  ExprCheck(const ResolveOperand& resolve, AddDerived add_derived,
            Context* context)
      : resolve_(resolve),
        add_derived_(std::move(add_derived)),
        context_(*context) {}

  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] const Operands& operands() const { return operands_; }

  hir::Expr Check(const ast::Expr& expr) {
    hir::Expr out = Visit(expr);
    out.span = expr.span;
    return out;
  }

  // A literal of the wanted type; nothing after a report.
  std::optional<hir::Expr> LiteralOf(const ast::Expr& expr, Type type) {
    hir::Expr value = Check(expr);
    if (value.type == Type::Error) {
      return std::nullopt;
    }
    hir::Expr wanted;
    wanted.kind = Kind::Slot;
    wanted.type = type;
    Adapt(&value, wanted);
    if (!IsLiteral(value)) {
      Mismatch(expr.span, "a param is a literal, or an earlier param");
      return std::nullopt;
    }
    if (!Comparable(value.type, type)) {
      Mismatch(expr.span, "this is of type `{}`, not `{}`",
               vm::TypeName(value.type), vm::TypeName(type));
      return std::nullopt;
    }
    value.type = type;
    return value;
  }

 private:
  hir::Expr Error() {
    failed_ = true;
    hir::Expr out;
    out.type = Type::Error;
    return out;
  }

  template <typename... Args>
  hir::Expr Mismatch(Span span, fmt::format_string<Args...> text,
                     Args&&... args) {
    context_.diags.Emit(span, diag::TypeMismatch,
                        fmt::format(text, std::forward<Args>(args)...));
    return Error();
  }

  static hir::Expr Make(Kind kind, Type type, std::vector<hir::Expr> args) {
    hir::Expr out;
    out.kind = kind;
    out.type = type;
    out.args = std::move(args);
    return out;
  }

  hir::Expr Visit(const ast::Expr& expr) {
    using A = ast::Expr::Kind;
    switch (expr.kind) {
      case A::Or:
      case A::And:
        return Junction(expr);
      case A::Not: {
        hir::Expr arg = Truth(expr.args[0]);
        return Make(Kind::Not, Type::Bool, {std::move(arg)});
      }
      case A::Equal:
      case A::NotEqual:
      case A::Less:
      case A::LessEqual:
      case A::Greater:
      case A::GreaterEqual:
        return Comparison(expr);
      case A::In:
        return Membership(expr);
      case A::InRange:
        return Range(expr);
      case A::Matches:
        return TextMatch(expr);
      case A::Add:
      case A::Subtract:
      case A::Multiply:
      case A::Divide:
        return Arithmetic(expr);
      case A::Negate:
        return Negate(expr);
      case A::Coalesce:
        return Coalesce(expr);
      case A::Has: {
        hir::Expr value = Reference(expr.ref, true);
        return value.type == Type::Error
                   ? std::move(value)
                   : Make(Kind::Has, Type::Bool, {std::move(value)});
      }
      case A::Call:
        return OverHistory(expr);
      case A::Literal:
        return Literal(expr.literal);
      case A::Ref:
        return Reference(expr.ref, false);
      case A::Set:
        return Mismatch(expr.span, "a set stands only after `in`");
    }
    return Error();
  }

  // The value that something is derived from: a capture or a field.
  std::optional<hir::Expr> Base(const ast::Expr& expr, std::string_view what) {
    if (!add_derived_) {
      context_.diags.Emit(expr.span, diag::Misplaced,
                          fmt::format("{} stands in a `where` only", what));
      failed_ = true;
      return std::nullopt;
    }
    hir::Expr base = Check(expr.args[0]);
    if (base.type == Type::Error) {
      return std::nullopt;
    }
    if (base.kind != Kind::Slot) {
      Mismatch(expr.args[0].span, "{} takes a capture or a field", what);
      return std::nullopt;
    }
    return base;
  }

  hir::Expr Derive(const hir::Expr& base, Type type, hir::Derived derived) {
    derived.base = base.slot;
    const std::optional<uint32_t> slot =
        add_derived_(base, type, std::move(derived));
    if (!slot.has_value()) {
      return Error();
    }
    hir::Expr out;
    out.kind = Kind::Slot;
    out.type = type;
    out.slot = *slot;
    out.step = base.step;
    return out;
  }

  hir::Expr TextMatch(const ast::Expr& expr) {
    const std::optional<hir::Expr> base = Base(expr, "`~`");
    if (!base.has_value()) {
      return Error();
    }
    if (vm::RepOf(base->type) != vm::Rep::Text) {
      return Mismatch(expr.args[0].span,
                      "`~` looks into a text; this is of type `{}`",
                      vm::TypeName(base->type));
    }
    std::vector<hir::Capture> captures;
    const hir::Pattern pattern = CheckPattern(
        expr.pattern[0], PatternPlace::Message, &captures, &context_);
    if (pattern.kind != hir::Pattern::Kind::Term || !captures.empty()) {
      context_.diags
          .Emit(expr.pattern[0].span, diag::Misplaced,
                "behind `~` stands one text or regex, without captures")
          .Help("capture it in the pattern of the signature");
      return Error();
    }
    hir::Derived derived;
    derived.term = pattern.term;
    derived.span = expr.span;
    return Derive(*base, Type::Bool, std::move(derived));
  }

  // prev(x), mean(x, 20): over events before the one at hand.
  hir::Expr OverHistory(const ast::Expr& expr) {
    const std::string what = fmt::format("`{}`", expr.callee);
    const std::optional<hir::Expr> base = Base(expr, what);
    if (!base.has_value()) {
      return Error();
    }
    hir::Derived derived;
    derived.span = expr.span;
    derived.kind = expr.callee == "prev"   ? vm::Derived::Kind::Previous
                   : expr.callee == "mean" ? vm::Derived::Kind::Mean
                   : expr.callee == "min"  ? vm::Derived::Kind::Least
                                           : vm::Derived::Kind::Most;
    if (derived.kind != vm::Derived::Kind::Previous) {
      if (!expr.count.has_value()) {
        context_.diags
            .Emit(expr.span, diag::Misplaced,
                  fmt::format("{} of how many?", what))
            .Help(fmt::format("write `{}({}, 20)`: over the last 20 events",
                              expr.callee, RefText(expr.args[0].ref)));
        return Error();
      }
      if (vm::RepOf(base->type) == vm::Rep::Text ||
          base->type == Type::Version || base->type == Type::Bool) {
        return Mismatch(expr.args[0].span,
                        "{} is of numbers; this is of type `{}`", what,
                        vm::TypeName(base->type));
      }
    }
    if (expr.count.has_value()) {
      const auto count =
          CountOf(*expr.count, vm::kMaxHistory, "a count", context_.diags);
      if (!count.has_value()) {
        return Error();
      }
      derived.count = *count;
    }
    return Derive(*base, base->type, std::move(derived));
  }

  hir::Expr Truth(const ast::Expr& expr) {
    hir::Expr out = Check(expr);
    if (out.type != Type::Bool && out.type != Type::Error) {
      return Mismatch(expr.span, "this is of type `{}`, not a condition",
                      vm::TypeName(out.type));
    }
    return out;
  }

  // `has x and x > 1`, `not (has x) or x > 1`: what the left side proves.
  static void Facts(const hir::Expr& expr, bool when, std::set<Place>* known) {
    if (expr.kind == Kind::Has && when) {
      if (expr.args[0].kind != Kind::Slot) {
        return;
      }
      known->insert(PlaceOf(expr.args[0]));
    } else if (expr.kind == Kind::Not) {
      Facts(expr.args[0], !when, known);
    } else if ((expr.kind == Kind::And && when) ||
               (expr.kind == Kind::Or && !when)) {
      for (const hir::Expr& arg : expr.args) {
        Facts(arg, when, known);
      }
    }
  }

  hir::Expr Junction(const ast::Expr& expr) {
    const bool is_and = expr.kind == ast::Expr::Kind::And;
    hir::Expr left = Truth(expr.args[0]);
    const std::set<Place> before = known_;
    Facts(left, is_and, &known_);
    hir::Expr right = Truth(expr.args[1]);
    known_ = before;
    return Make(is_and ? Kind::And : Kind::Or, Type::Bool,
                {std::move(left), std::move(right)});
  }

  // `table[x].column`: the cell of the row whose key equals x.
  hir::Expr Lookup(const ast::Ref& ref) {
    const bool well_formed = ref.steps.size() == 3 &&
                             !ref.steps[1].index.empty() &&
                             ref.steps[2].index.empty();
    if (!well_formed) {
      return Mismatch(ref.span, "a look-up is written `table[value].column`");
    }
    const auto found =
        FindColumn({ref.steps[0].name, ref.steps[0].span},
                   {ref.steps[2].name, ref.steps[2].span}, &context_);
    hir::Expr key = Check(ref.steps[1].index[0]);
    if (!found.has_value() || key.type == Type::Error) {
      return Error();
    }
    const Table& table = *found->table;
    if (table.columns[found->column].axis.has_value()) {
      return Mismatch(ref.span,
                      "column `{}` holds nodes; these stand in a "
                      "verdict",
                      ref.steps[2].name);
    }
    if (table.rows.size() > kMostRowsAsked) {
      context_.diags
          .Emit(ref.span, diag::PatternTooLarge,
                "rows of a table in a condition", kMostRowsAsked)
          .Help("a look-up in a verdict or a `note` may have more rows");
      return Error();
    }
    std::optional<hir::Expr> out;
    const auto add = [&](hir::Expr value) {
      if (!out.has_value()) {
        out = std::move(value);
        return;
      }
      // Not from a list: it would copy all rows so far, once a row.
      const Type type = value.type;
      std::vector<hir::Expr> sides;
      sides.push_back(std::move(*out));
      sides.push_back(std::move(value));
      out = Make(Kind::Coalesce, type, std::move(sides));
    };
    for (const std::vector<Table::Cell>& row : table.rows) {
      hir::Expr literal = row[0].literal;
      if (!Meet(&key, &literal, ref.steps[1].span)) {
        return Error();
      }
      const hir::Expr& cell = row[found->column].literal;
      add(Make(Kind::When, cell.type,
               {Make(Kind::Equal, Type::Bool, {key, literal}), cell}));
    }
    if (!table.otherwise.empty() && found->column > 0) {
      add(table.otherwise[found->column - 1].literal);
    }
    return out.has_value() ? std::move(*out) : Error();
  }

  hir::Expr Reference(const ast::Ref& ref, bool only_asked) {
    if (ref.steps.size() > 1 && ref.steps[1].name.empty()) {
      return Lookup(ref);
    }
    const std::optional<Operand> operand = resolve_(ref);
    if (!operand.has_value()) {
      return Error();
    }
    if (operand->type == Type::Error) {
      return Error();  // told where it was captured
    }
    if (operand->constant != nullptr) {
      if (operand->constant->is_set) {
        return Mismatch(ref.span, "a set stands only after `in`");
      }
      if (operand->constant->values.empty()) {
        return Error();  // its own error was told
      }
      hir::Expr value = operand->constant->values[0];
      value.is_param = true;
      return value;
    }
    if (operand->maybe_absent && !only_asked && !may_be_absent_ &&
        known_.count({operand->step, operand->slot}) == 0) {
      context_.diags.Emit(ref.span, diag::MaybeAbsent, RefText(ref))
          .Help(fmt::format("only some alternatives capture it: write `has {0} "
                            "and ...`, or `{0} ?? 0`",
                            RefText(ref)));
      return Error();
    }
    hir::Expr out;
    out.kind = Kind::Slot;
    out.type = operand->type;
    out.slot = operand->slot;
    out.step = operand->step;
    out.span = ref.span;
    operands_[PlaceOf(out)] = *operand;
    return out;
  }

  hir::Expr Literal(const ast::Literal& literal) {
    using L = ast::Literal::Kind;
    hir::Expr out;
    out.span = literal.span;
    out.text = literal.text;
    switch (literal.kind) {
      case L::Int:
        out.type = Type::Int;
        out.integer = vm::ParseValue(Type::Int, literal.text).i;
        break;
      case L::Hex:
        out.type = Type::Hex;
        out.integer = vm::ParseValue(Type::Hex, literal.text).i;
        break;
      case L::Float:
        out.kind = Kind::Float;
        out.type = Type::Float;
        out.number = vm::ParseValue(Type::Float, literal.text).f;
        break;
      case L::Bytes:
        out.type = Type::Bytes;
        out.integer = BytesOf(literal);
        break;
      case L::Duration:
        out.type = Type::Duration;
        out.integer = DurationOf(literal);
        break;
      case L::Percent:
        out.kind = Kind::Float;
        out.type = Type::Percent;
        out.number = vm::ParseValue(Type::Percent, literal.text).f;
        break;
      case L::Version:
        out.type = Type::Version;
        out.integer = vm::PackVersion(literal.text);
        break;
      case L::String:
        out.kind = Kind::Text;
        out.type = Type::Text;
        break;
      case L::Bool:
        out.type = Type::Bool;
        out.integer = literal.text == "true" ? 1 : 0;
        break;
    }
    return out;
  }

  // Makes literal `a` one of the type of `b` where the language says so.
  void Adapt(hir::Expr* a, const hir::Expr& b) {
    if (!IsLiteral(*a)) {
      return;
    }
    if (b.type == Type::Version &&
        (a->type == Type::Int || a->type == Type::Float)) {
      a->kind = Kind::Int;  // read as its text: 2.1
      a->type = Type::Version;
      a->integer = vm::PackVersion(a->text);
    } else if (b.type == Type::Hex && a->type == Type::Int) {
      a->type = Type::Hex;
    } else if (b.type == Type::Float && a->type == Type::Int) {
      // Not of a percent: 5 would be 500 %, and 5 % is meant.
      a->kind = Kind::Float;
      a->number = static_cast<double>(a->integer);
      a->type = Type::Float;
    }
  }

  static bool Comparable(Type a, Type b) {
    const auto ratio = [](Type t) {
      return t == Type::Float || t == Type::Percent;
    };
    return a == b || (IsText(a) && IsText(b)) || (ratio(a) && ratio(b));
  }

  // A literal with the unit that was meant.
  void SuggestUnit(DiagSink::Builder report, const hir::Expr& a,
                   const hir::Expr& b) {
    const bool left = IsLiteral(a) && a.type == Type::Int;
    const hir::Expr& literal = left ? a : b;
    const hir::Expr& other = left ? b : a;
    if (!IsLiteral(literal) || literal.type != Type::Int) {
      return;
    }
    const std::string_view unit = other.type == Type::Bytes      ? "B"
                                  : other.type == Type::Duration ? "s"
                                  : other.type == Type::Percent  ? "%"
                                                                 : "";
    if (!unit.empty()) {
      report.Fix(literal.span, fmt::format("{}{}", literal.text, unit));
    }
  }

  bool Meet(hir::Expr* a, hir::Expr* b, Span span) {
    if (a->type == Type::Error || b->type == Type::Error) {
      return false;
    }
    Adapt(a, *b);
    Adapt(b, *a);
    if (!Comparable(a->type, b->type)) {
      auto report = context_.diags.Emit(
          span, diag::TypeMismatch,
          fmt::format("`{}` cannot be compared with `{}`",
                      vm::TypeName(a->type), vm::TypeName(b->type)));
      SuggestUnit(report, *a, *b);
      failed_ = true;
      return false;
    }
    return CheckOption(*a, *b) && CheckOption(*b, *a);
  }

  // A text compared with an enum must be one of its options.
  bool CheckOption(const hir::Expr& slot, const hir::Expr& literal) {
    if (slot.kind != Kind::Slot || slot.type != Type::Enum ||
        literal.kind != Kind::Text) {
      return true;
    }
    const std::vector<std::string>& options = operands_[PlaceOf(slot)].options;
    // Of a header field the sources may have different choices.
    if (options.empty() || std::find(options.begin(), options.end(),
                                     literal.text) != options.end()) {
      return true;
    }
    context_.diags.Emit(literal.span, diag::TypeMismatch,
                        fmt::format("`{}` is none of {}{}", literal.text,
                                    fmt::join(options, ", "),
                                    DidYouMean(literal.text, options)));
    failed_ = true;
    return false;
  }

  hir::Expr Comparison(const ast::Expr& expr) {
    hir::Expr a = Check(expr.args[0]);
    hir::Expr b = Check(expr.args[1]);
    if (!Meet(&a, &b, expr.span)) {
      return Error();
    }
    using A = ast::Expr::Kind;
    const Kind kind = expr.kind == A::Equal       ? Kind::Equal
                      : expr.kind == A::NotEqual  ? Kind::NotEqual
                      : expr.kind == A::Less      ? Kind::Less
                      : expr.kind == A::LessEqual ? Kind::LessEqual
                      : expr.kind == A::Greater   ? Kind::Greater
                                                  : Kind::GreaterEqual;
    const bool ordered = kind != Kind::Equal && kind != Kind::NotEqual;
    if (ordered && (a.type == Type::Bool || IsText(a.type))) {
      return Mismatch(expr.span, "values of type `{}` have no order",
                      vm::TypeName(a.type));
    }
    return Make(kind, Type::Bool, {std::move(a), std::move(b)});
  }

  hir::Expr Negated(bool negated, hir::Expr expr, Span span) {
    if (!negated) {
      return expr;
    }
    expr.span = span;
    return Make(Kind::Not, Type::Bool, {std::move(expr)});
  }

  hir::Expr Membership(const ast::Expr& expr) {
    std::vector<hir::Expr> args;
    args.push_back(Check(expr.args[0]));
    std::vector<hir::Expr> members;
    if (expr.args[1].kind == ast::Expr::Kind::Set) {
      for (const ast::Expr& member : expr.args[1].args) {
        members.push_back(Check(member));
      }
    } else {
      const std::optional<Operand> set = resolve_(expr.args[1].ref);
      if (!set.has_value()) {
        return Error();
      }
      if (set->constant == nullptr || !set->constant->is_set) {
        return Mismatch(expr.args[1].span, "`in` takes a set or a range");
      }
      members = set->constant->values;
    }
    for (hir::Expr& member : members) {
      if (!Meet(&args[0], &member, expr.span)) {
        return Error();
      }
      args.push_back(std::move(member));
    }
    WarnOfTwice(args, &context_);
    return Negated(expr.negated, Make(Kind::In, Type::Bool, std::move(args)),
                   expr.span);
  }

  hir::Expr Range(const ast::Expr& expr) {
    hir::Expr value = Check(expr.args[0]);
    hir::Expr low = Check(expr.args[1]);
    hir::Expr high = Check(expr.args[2]);
    if (!Meet(&value, &low, expr.span) || !Meet(&value, &high, expr.span)) {
      return Error();
    }
    if (IsText(value.type) || value.type == Type::Bool) {
      return Mismatch(expr.span, "values of type `{}` have no order",
                      vm::TypeName(value.type));
    }
    hir::Expr from =
        Make(Kind::GreaterEqual, Type::Bool, {value, std::move(low)});
    hir::Expr to =
        Make(Kind::LessEqual, Type::Bool, {std::move(value), std::move(high)});
    return Negated(
        expr.negated,
        Make(Kind::And, Type::Bool, {std::move(from), std::move(to)}),
        expr.span);
  }

  hir::Expr Arithmetic(const ast::Expr& expr) {
    hir::Expr a = Check(expr.args[0]);
    hir::Expr b = Check(expr.args[1]);
    if (a.type == Type::Error || b.type == Type::Error) {
      return Error();
    }
    Adapt(&a, b);
    Adapt(&b, a);
    using A = ast::Expr::Kind;
    const Type x = a.type;
    const Type y = b.type;
    const auto counted = [](Type t) {
      return t == Type::Int || t == Type::Bytes || t == Type::Duration;
    };
    Kind kind = Kind::Add;
    std::optional<Type> type;
    switch (expr.kind) {
      case A::Add:
        if (x == y && (counted(x) || x == Type::Float || x == Type::Percent)) {
          type = x;
        } else if (x == Type::Time && y == Type::Duration) {
          type = Type::Time;
        }
        break;
      case A::Subtract:
        kind = Kind::Subtract;
        if (x == y && (counted(x) || x == Type::Float || x == Type::Percent)) {
          type = x;
        } else if (x == Type::Time && y == Type::Time) {
          type = Type::Duration;
        } else if (x == Type::Time && y == Type::Duration) {
          type = Type::Time;
        }
        break;
      case A::Multiply:
        kind = Kind::Multiply;
        if (x == Type::Int && counted(y)) {
          type = y;
        } else if (counted(x) && y == Type::Int) {
          type = x;
        } else if (x == Type::Float && y == Type::Float) {
          type = Type::Float;
        }
        break;
      default:
        kind = Kind::Divide;
        if ((x == y && counted(x)) || (x == Type::Float && y == Type::Float)) {
          type = Type::Float;
        }
        break;
    }
    if (!type.has_value()) {
      return Mismatch(expr.span, "`{}` and `{}` cannot be combined so",
                      vm::TypeName(x), vm::TypeName(y));
    }
    return Make(kind, *type, {std::move(a), std::move(b)});
  }

  hir::Expr Negate(const ast::Expr& expr) {
    hir::Expr a = Check(expr.args[0]);
    if (a.type == Type::Error) {
      return a;
    }
    if (a.type != Type::Int && a.type != Type::Float &&
        a.type != Type::Duration) {
      return Mismatch(expr.span, "a `{}` cannot be negative",
                      vm::TypeName(a.type));
    }
    if (IsLiteral(a)) {
      a.integer = -a.integer;
      a.number = -a.number;
      a.text = "-" + a.text;
      return a;
    }
    return Make(Kind::Negate, a.type, {std::move(a)});
  }

  hir::Expr Coalesce(const ast::Expr& expr) {
    const bool before = may_be_absent_;
    may_be_absent_ = true;
    hir::Expr a = Check(expr.args[0]);
    may_be_absent_ = before;
    hir::Expr b = Check(expr.args[1]);
    if (!Meet(&a, &b, expr.span)) {
      return Error();
    }
    const Type type = a.type;
    return Make(Kind::Coalesce, type, {std::move(a), std::move(b)});
  }

  const ResolveOperand& resolve_;
  const AddDerived add_derived_;
  Context& context_;
  std::set<Place> known_;  // slots that are surely there
  Operands operands_;
  bool may_be_absent_ = false;
  bool failed_ = false;
};

// The type that `type` names; Error after a report.
vm::Type ConstantType(const ast::Type& type, Context* context) {
  if (type.kind == ast::Type::Kind::Enum) {
    return vm::Type::Enum;
  }
  if (type.kind == ast::Type::Kind::Named) {
    if (const auto named = vm::TypeNamed(type.name)) {
      return *named;
    }
  }
  context->diags.Emit(type.span, diag::UnknownName, "type", type.name, "")
      .Help(
          "a param is an int, hex, float, bytes, duration, percent, version, "
          "text, bool, one of (a|b), or a `set of` these");
  return vm::Type::Error;
}

}  // namespace

Constant CheckConstant(const ast::Type& type, const ast::Expr& expr,
                       Context* context) {
  Constant out;
  out.is_set = type.kind == ast::Type::Kind::SetOf;
  const ast::Type& element = out.is_set ? type.element[0] : type;
  out.type = ConstantType(element, context);
  if (out.type == vm::Type::Error) {
    return out;
  }
  const ResolveOperand resolve =
      [&](const ast::Ref& ref) -> std::optional<Operand> {
    const Constant* other = context->Parameter(RefText(ref));
    if (other == nullptr) {
      context->diags
          .Emit(ref.span, diag::UnknownName, "param", RefText(ref), "")
          .Help("a param is a literal, or an earlier param");
      return std::nullopt;
    }
    return Operand{0, other->type, false, {}, 0, other};
  };
  if (out.is_set != (expr.kind == ast::Expr::Kind::Set)) {
    context->diags.Emit(expr.span, diag::TypeMismatch,
                        out.is_set ? "a set is written `{a, b}`"
                                   : "this is a set, its type is not");
    return out;
  }
  ExprCheck check(resolve, nullptr, context);
  for (const ast::Expr& value : out.is_set
                                    ? std::span<const ast::Expr>(expr.args)
                                    : std::span<const ast::Expr>(&expr, 1)) {
    std::optional<hir::Expr> literal = check.LiteralOf(value, out.type);
    if (!literal.has_value()) {
      out.values.clear();
      return out;
    }
    const std::vector<std::string>& options = element.options;
    if (out.type == vm::Type::Enum &&
        std::find(options.begin(), options.end(), literal->text) ==
            options.end()) {
      context->diags.Emit(value.span, diag::TypeMismatch,
                          fmt::format("`{}` is none of {}", literal->text,
                                      fmt::join(options, ", ")));
    }
    out.values.push_back(std::move(*literal));
  }
  return out;
}

std::string RefText(const ast::Ref& ref) {
  std::string out;
  for (const ast::RefStep& step : ref.steps) {
    out += (out.empty() ? "" : ".") +
           (step.name.empty() ? std::string("[...]") : step.name);
  }
  return out;
}

std::optional<hir::Expr> CheckCondition(const ast::Expr& expr,
                                        const ResolveOperand& resolve,
                                        const AddDerived& add_derived,
                                        Context* context) {
  ExprCheck check(resolve, add_derived, context);
  hir::Expr out = check.Check(expr);
  if (check.failed()) {
    return std::nullopt;
  }
  if (out.type != Type::Bool) {
    context->diags.Emit(expr.span, diag::TypeMismatch,
                        fmt::format("this is of type `{}`, not a condition",
                                    vm::TypeName(out.type)));
    return std::nullopt;
  }
  RefuseConstant(out, check.operands(), context);
  return out;
}

}  // namespace telltale::check
