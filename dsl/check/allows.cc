// Which warnings an author does not want to hear of, and of which item. What
// they silence is known only after the last stage that warns:
// compiler/driver/pipeline.cc.
#include "dsl/check/context.h"

namespace telltale::check {

namespace {

// From the name to the last clause: all that the item is warned about.
Span Extent(const ast::Sig& sig) {
  Span extent = Cover(sig.name.span, sig.pattern.span);
  for (const ast::Clause& clause : sig.clauses) {
    extent = Cover(extent, clause.span);
  }
  return extent;
}

Span Extent(const ast::Rule& rule) {
  Span extent = rule.name.span;
  for (const ast::StepGroup& group : rule.groups) {
    extent = Cover(extent, group.span);
  }
  for (const ast::Clause& clause : rule.clauses) {
    extent = Cover(extent, clause.span);
  }
  return extent;
}

template <typename T>
void Collect(const std::vector<Written<T>>& items, Context* context) {
  for (const Written<T>& item : items) {
    for (const ast::Clause& clause : item->clauses) {
      if (clause.kind != ast::Clause::Kind::Allow) {
        continue;
      }
      const ast::Name& code = clause.names[0];
      if (FindWarning(code.text) == nullptr) {
        context->diags
            .Emit(code.span, diag::UnknownName, "warning", code.text, "")
            .Help("only warnings can be allowed: their codes begin with `W`");
        continue;
      }
      context->module.allows.push_back(
          {code.text, Extent(*item.tree), code.span});
    }
  }
}

}  // namespace

void CollectAllows(Context* context) {
  Collect(context->signatures, context);
  Collect(context->rules, context);
}

}  // namespace telltale::check
