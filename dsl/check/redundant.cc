// W704 for values: a member that is twice in a set or a list. Alternatives of
// patterns need automata: compiler/plan/overlap.cc.
#include "dsl/check/redundant.h"

#include <algorithm>

namespace telltale::check {

namespace {

bool Same(const hir::Expr& a, const hir::Expr& b) {
  const bool literal = a.kind == hir::Expr::Kind::Int ||
                       a.kind == hir::Expr::Kind::Float ||
                       a.kind == hir::Expr::Kind::Text;
  return literal && a.kind == b.kind && a.type == b.type &&
         (a.kind == hir::Expr::Kind::Int     ? a.integer == b.integer
          : a.kind == hir::Expr::Kind::Float ? a.number == b.number
                                             : a.text == b.text);
}

}  // namespace

void WarnOfTwice(const std::vector<hir::Expr>& members, Context* context) {
  for (size_t b = 1; b < members.size(); ++b) {
    const auto end = members.begin() + static_cast<std::ptrdiff_t>(b);
    const auto first = std::find_if(
        members.begin(), end,
        [&](const hir::Expr& member) { return Same(member, members[b]); });
    if (first != end) {
      context->diags
          .Emit(members[b].span, diag::Redundant, "this is in the set already")
          .Label(first->span, "first here")
          .Help("take it out");
    }
  }
}

void WarnOfRedundant(Context* context) {
  for (size_t k = 0; k < context->signatures.size(); ++k) {
    const std::vector<ast::Name>& in = context->signatures[k]->in;
    for (size_t b = 1; b < in.size(); ++b) {
      for (size_t a = 0; a < b; ++a) {
        if (in[a].text == in[b].text) {
          context->diags
              .Emit(in[b].span, diag::Redundant, "this is in the list already")
              .Label(in[a].span, "first here")
              .Help("take it out");
          break;
        }
      }
    }
  }
}

}  // namespace telltale::check
