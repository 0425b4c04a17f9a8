// Internal: expressions: types, units, values that may be absent.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "dsl/check/context.h"

namespace telltale::check {

struct Operand {  // what a name stands for
  uint32_t slot = 0;
  vm::Type type = vm::Type::Text;
  bool maybe_absent = false;
  std::vector<std::string> options;    // of an enum
  uint32_t step = 0;                   // in a rule: whose
  const Constant* constant = nullptr;  // a parameter: no slot
  bool is_capture = false;             // taken by a hole of this type
  bool surely_there = false;
};

// A slot, and of which step; what is known of it.
using Place = std::pair<uint32_t, uint32_t>;
using Operands = std::map<Place, Operand>;

// Reports an unknown name itself and returns nothing.
using ResolveOperand =
    std::function<std::optional<Operand>(const ast::Ref& ref)>;

// Where values can be derived (`x ~ "text"`, `mean(x, 20)`): adds the derived
// value to the slots that `base` is one of, and says which slot it got. Reports
// itself what cannot be.
using AddDerived = std::function<std::optional<uint32_t>(
    const hir::Expr& base, vm::Type type, hir::Derived derived)>;

// A condition: a truth value. Nothing after an error.
std::optional<hir::Expr> CheckCondition(const ast::Expr& expr,
                                        const ResolveOperand& resolve,
                                        const AddDerived& add_derived,
                                        Context* context);

// E303 if the condition, or a part of it, is always true or always false. What
// `operands` lack may be absent, and any value of its type.
void RefuseConstant(const hir::Expr& condition, const Operands& operands,
                    Context* context);

// The value of `expr`, which has to be known now and of the type.
Constant CheckConstant(const ast::Type& type, const ast::Expr& expr,
                       Context* context);

// The value that a verdict's `table[x]` is looked up by, as written; "" after a
// report.
std::string LookupName(const ast::Expr& index, Context* context);

// `a.b.c` as written.
std::string RefText(const ast::Ref& ref);

}  // namespace telltale::check
