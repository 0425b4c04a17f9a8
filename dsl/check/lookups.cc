// E404: a verdict is looked up in a table without `else`, by a value that may
// have no row. Which values there may be: the options of a choice, what `where`
// leaves of them; of a number any. Where that is not known nothing is said.
#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "dsl/check/context.h"

namespace telltale::check {

namespace {

using Keys = std::set<std::string>;

// The values that a key can take.
struct Domain {
  bool known = true;
  std::optional<Keys> finite;  // none: any value of the type
  Keys without;
};

std::string KeyOf(const hir::Expr& literal) {
  Table::Cell cell;
  cell.literal = literal;
  return KeyOfRow({cell});
}

bool IsLiteral(const hir::Expr& expr) {
  return expr.kind == hir::Expr::Kind::Int ||
         expr.kind == hir::Expr::Kind::Float ||
         expr.kind == hir::Expr::Kind::Text;
}

bool Mentions(const hir::Expr& expr, const std::set<uint32_t>& slots) {
  return (expr.kind == hir::Expr::Kind::Slot && slots.count(expr.slot) != 0) ||
         std::any_of(
             expr.args.begin(), expr.args.end(),
             [&](const hir::Expr& arg) { return Mentions(arg, slots); });
}

// The keys that `slot` is compared with for equality; none: it is no such
// comparison.
std::optional<Keys> Compared(const hir::Expr& expr, uint32_t slot) {
  using Kind = hir::Expr::Kind;
  if (expr.kind != Kind::In && expr.kind != Kind::Equal &&
      expr.kind != Kind::NotEqual) {
    return std::nullopt;
  }
  Keys keys;
  bool own = false;
  for (const hir::Expr& arg : expr.args) {
    if (IsLiteral(arg)) {
      keys.insert(KeyOf(arg));
    } else if (arg.kind == Kind::Slot && arg.slot == slot && !own) {
      own = true;
    } else {
      return std::nullopt;
    }
  }
  return own ? std::optional(keys) : std::nullopt;
}

void Only(const Keys& keys, Domain* domain) {
  if (!domain->finite.has_value()) {
    domain->finite = keys;
    return;
  }
  Keys both;
  std::set_intersection(keys.begin(), keys.end(), domain->finite->begin(),
                        domain->finite->end(), std::inserter(both, both.end()));
  domain->finite = std::move(both);
}

// `slots`: the key, and what is derived of it.
void Narrow(const hir::Expr& expr, uint32_t slot,
            const std::set<uint32_t>& slots, Domain* domain) {
  using Kind = hir::Expr::Kind;
  if (expr.kind == Kind::And) {
    for (const hir::Expr& arg : expr.args) {
      Narrow(arg, slot, slots, domain);
    }
    return;
  }
  if (!Mentions(expr, slots)) {
    return;
  }
  if (expr.kind == Kind::Has) {
    return;
  }
  const bool negated = expr.kind == Kind::Not;
  const std::optional<Keys> keys =
      Compared(negated ? expr.args[0] : expr, slot);
  if (!keys.has_value()) {
    domain->known = false;
  } else if (negated != (expr.kind == Kind::NotEqual)) {
    domain->without.insert(keys->begin(), keys->end());
  } else if (negated) {
    domain->known = false;  // not (x != 3): nobody writes that
  } else {
    Only(*keys, domain);
  }
}

template <typename Slots>
Domain DomainOf(const Slots& slots, uint32_t slot, Domain domain,
                const std::optional<hir::Expr>& where) {
  std::set<uint32_t> own = {slot};
  for (size_t k = 0; k < slots.size(); ++k) {
    if (slots[k].derived.has_value() && slots[k].derived->base == slot) {
      own.insert(static_cast<uint32_t>(k));
    }
  }
  if (where.has_value()) {
    Narrow(*where, slot, own, &domain);
  }
  return domain;
}

// Any number can come; of a text only a choice says which.
Domain OfType(vm::Type type) {
  Domain domain;
  domain.known = type == vm::Type::Int || type == vm::Type::Hex ||
                 type == vm::Type::Word || type == vm::Type::Path;
  return domain;
}

Domain OfSignature(const hir::Signature& signature, std::string_view name) {
  for (size_t k = 0; k < signature.slots.size(); ++k) {
    const hir::Slot& slot = signature.slots[k];
    if (slot.name != name) {
      continue;
    }
    Domain domain = OfType(slot.type);
    if (slot.capture.has_value() && slot.type == vm::Type::Enum) {
      const hir::Capture& capture = signature.captures[*slot.capture];
      domain.known = !capture.options.empty() && !capture.any_case;
      domain.finite = Keys(capture.options.begin(), capture.options.end());
    }
    return DomainOf(signature.slots, static_cast<uint32_t>(k),
                    std::move(domain), signature.where);
  }
  return {false, std::nullopt, {}};
}

Domain OfRule(const hir::Rule& rule, const vm::VerdictLookup& lookup,
              const hir::Module& module) {
  const hir::Step& step = rule.steps[*lookup.step];
  Domain all;
  all.finite = Keys();
  for (const vm::EventId event : step.events) {
    const Domain one =
        event.index() < module.signatures.size()
            ? OfSignature(module.signatures[event.index()], lookup.name)
            : Domain{false, std::nullopt, {}};
    all.known = all.known && one.known;
    if (!one.finite.has_value()) {
      all.finite.reset();
    } else if (all.finite.has_value()) {
      for (const std::string& key : *one.finite) {
        if (one.without.count(key) == 0) {
          all.finite->insert(key);
        }
      }
    }
  }
  for (size_t k = 0; k < step.slots.size(); ++k) {
    if (step.slots[k].name == lookup.name) {
      return DomainOf(step.slots, static_cast<uint32_t>(k), std::move(all),
                      step.where);
    }
  }
  return {false, std::nullopt, {}};
}

void CheckLookup(const vm::VerdictLookup& lookup, const Domain& domain,
                 const ast::Verdict& verdict, Context* context) {
  if (!domain.known || lookup.column.otherwise.valid()) {
    return;
  }
  Keys missing;
  if (domain.finite.has_value()) {
    missing = *domain.finite;
    for (const std::string& key : domain.without) {
      missing.erase(key);
    }
    for (const auto& [key, node] : lookup.column.rows) {
      missing.erase(key);
    }
    if (missing.empty()) {
      return;
    }
  }
  const Entity* table = context->Lookup(verdict.node.text);
  auto report =
      context->diags.Emit(verdict.span, diag::NoRow, verdict.node.text);
  if (table != nullptr) {
    report.Label(table->span, "this has no `else`");
  }
  if (!missing.empty()) {
    report.Note(fmt::format("no row for `{}`", fmt::join(missing, "`, `")));
  } else {
    report.Note(fmt::format("`{}` takes any value", lookup.name));
  }
  report.Help(
      "add `else` and a node; or say which values are meant: `where x in "
      "{...}`");
}

template <typename T, typename M, typename F>
void CheckAll(const std::vector<Written<T>>& trees,
              const std::vector<M>& checked, const F& domain_of,
              Context* context) {
  for (size_t k = 0; k < trees.size(); ++k) {
    context->scope = trees[k].scope;
    size_t at = 0;
    for (const ast::Verdict& verdict : trees[k]->verdicts) {
      if (!verdict.index.empty()) {
        const vm::VerdictLookup& lookup = checked[k].meaning.lookups[at++];
        CheckLookup(lookup, domain_of(checked[k], lookup), verdict, context);
      }
    }
  }
}

}  // namespace

void CheckLookups(Context* context) {
  const hir::Module& module = context->module;
  CheckAll(
      context->signatures, module.signatures,
      [](const hir::Signature& signature, const vm::VerdictLookup& lookup) {
        return OfSignature(signature, lookup.name);
      },
      context);
  CheckAll(
      context->rules, module.rules,
      [&](const hir::Rule& rule, const vm::VerdictLookup& lookup) {
        return lookup.step.has_value() ? OfRule(rule, lookup, module)
                                       : Domain{false, std::nullopt, {}};
      },
      context);
}

}  // namespace telltale::check
