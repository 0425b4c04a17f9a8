// W708: `7B` is seven bytes, and an example prints numbers with a bare `B`:
// the author may mean billions. Heuristics: a warning.
#include <cctype>

#include <fmt/format.h>

#include "dsl/check/context.h"

namespace telltale::check {

namespace {

// More are rather bytes than billions.
constexpr int64_t kMostBillions = 1000;

bool IsDigit(char c) {
  return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

bool IsAlnum(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0;
}

// How the numbers of a text end: in `B` alone; in `MB`, `KiB` or such.
struct Units {
  std::string_view bare;  // the first number with `B` alone
  bool scaled = false;
};

void UnitsIn(std::string_view text, Units* units) {
  for (size_t at = 0; at < text.size(); ++at) {
    if (!IsDigit(text[at]) || (at > 0 && IsAlnum(text[at - 1]))) {
      continue;
    }
    size_t unit = at;
    while (unit < text.size() && (IsDigit(text[unit]) || text[unit] == '.')) {
      ++unit;
    }
    size_t end = unit;
    while (end < text.size() && IsAlnum(text[end])) {
      ++end;
    }
    const std::string_view word = text.substr(unit, end - unit);
    if (word == "B" && units->bare.empty()) {
      units->bare = text.substr(at, end - at);
    }
    const size_t blank =
        unit < text.size() && text[unit] == ' ' ? unit + 1 : unit;
    units->scaled |= blank + 1 < text.size() &&
                     std::string_view("kKMGTP").find(text[blank]) !=
                         std::string_view::npos &&
                     (text[blank + 1] == 'B' || text[blank + 1] == 'i');
    at = end;
  }
}

bool IsBareBytes(const hir::Expr& expr) {
  const std::string& text = expr.text;
  return expr.kind == hir::Expr::Kind::Int && expr.type == vm::Type::Bytes &&
         text.size() > 1 && text.back() == 'B' &&
         IsDigit(text[text.size() - 2]) && expr.integer > 0 &&
         expr.integer < kMostBillions;
}

void Warn(const hir::Expr& expr, const Units& units, Context* context) {
  const bool has_slot =
      !expr.args.empty() && expr.args[0].kind == hir::Expr::Kind::Slot;
  for (size_t k = 0; k < expr.args.size(); ++k) {
    const hir::Expr& arg = expr.args[k];
    const bool beside_slot =
        has_slot || (k == 0 && expr.args.size() == 2 &&
                     expr.args[1].kind == hir::Expr::Kind::Slot);
    if (beside_slot && IsBareBytes(arg)) {
      context->diags.Emit(arg.span, diag::BareBytes, arg.text, arg.integer)
          .Note(fmt::format("an example prints `{}`", units.bare))
          .Help(
              "if billions are meant, capture the number in front of the B: "
              "`{n:float}B`, and compare that");
    }
    Warn(arg, units, context);
  }
}

void Warn(const std::optional<hir::Expr>& where,
          const std::vector<const hir::Signature*>& signatures,
          Context* context) {
  Units units;
  for (const hir::Signature* signature : signatures) {
    for (const hir::Example& example : signature->examples) {
      UnitsIn(example.text, &units);
    }
  }
  if (where.has_value() && !units.bare.empty() && !units.scaled) {
    Warn(*where, units, context);
  }
}

}  // namespace

void WarnOfUnits(Context* context) {
  const hir::Module& module = context->module;
  for (const hir::Signature& signature : module.signatures) {
    Warn(signature.where, {&signature}, context);
  }
  for (const hir::Rule& rule : module.rules) {
    for (const hir::Step& step : rule.steps) {
      std::vector<const hir::Signature*> signatures;
      for (const vm::EventId event : step.events) {
        if (event.index() < module.signatures.size()) {
          signatures.push_back(&module.signatures[event.index()]);
        }
      }
      Warn(step.where, signatures, context);
    }
  }
}

}  // namespace telltale::check
