// Constructs that the grammar has and the compiler does not: refused by name,
// so that nothing is silently ignored.
#include "dsl/check/context.h"

namespace telltale::check {

namespace {

class Refusal {
 public:
  explicit Refusal(Context* context) : context_(*context) {}

  void Visit(const ast::File& file) {
    constexpr std::string_view kEdition = "1";
    if (file.edition.has_value() && file.edition->text != kEdition) {
      context_.diags
          .Emit(file.edition->span, diag::OutOfRange, "the edition",
                file.edition->text)
          .Help("this version knows edition 1");
    }
    for (const ast::Item& item : file.items) {
      std::visit([&](const auto& node) { Item(item, node); }, item.node);
    }
  }

 private:
  void Refuse(Span span, std::string_view construct) {
    context_.NotSupported(span, construct);
  }

  void Item(const ast::Item&, const ast::Taxonomy&) {}
  void Item(const ast::Item&, const ast::Table&) {}
  void Item(const ast::Item&, const ast::Param&) {}
  void Item(const ast::Item&, const ast::Let&) {}
  void Item(const ast::Item&, const ast::Template& tree) {
    for (const ast::Item& item : tree.items) {
      std::visit([&](const auto& node) { Item(item, node); }, item.node);
    }
  }
  void Item(const ast::Item&, const ast::Apply&) {}
  void Item(const ast::Item&, const ast::Stage&) {}
  void Item(const ast::Item&, const ast::Test&) {}
  void Item(const ast::Item&, const ast::Source&) {}

  void Item(const ast::Item&, const ast::Block&) {}
  void Item(const ast::Item&, const ast::Sig& sig) { Clauses(sig.clauses); }

  void Item(const ast::Item&, const ast::Rule& rule) { Clauses(rule.clauses); }

  void Clauses(const std::vector<ast::Clause>& clauses) {
    for (const ast::Clause& clause : clauses) {
      switch (clause.kind) {
        case ast::Clause::Kind::Allow:
          Refuse(clause.span, "allow");
          break;
        default:
          break;
      }
    }
  }

  Context& context_;
};

}  // namespace

void RefuseUnsupported(const ast::File& file, Context* context) {
  Refusal(context).Visit(file);
}

}  // namespace telltale::check
