#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "dsl/check/expressions.h"
#include "runtime/base/narrow.h"

namespace telltale::check {

namespace {

// What `gives` can ask of an event besides its values; the order is that of the
// bits of scan::Flag.
constexpr std::string_view kFlags[] = {"at_eof",    "at_start",  "evicted",
                                       "no_clock",  "long_line", "mixed",
                                       "unfinished"};

// FinishedAfterFailure, as results spell it.
std::string Snake(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const bool upper = std::isupper(static_cast<unsigned char>(c)) != 0;
    if (upper && !out.empty()) {
      out += '_';
    }
    out += upper ? static_cast<char>(c | 0x20) : c;
  }
  return out;
}

class TestCheck {
 public:
  TestCheck(const Written<ast::Test>& tree, Context* context)
      : tree_(*tree.tree), context_(*context) {
    context->scope = tree.scope;
  }

  hir::Test Run() {
    hir::Test out;
    out.title = tree_.title.value;
    out.span = tree_.title.span;
    if (tree_.source.has_value()) {
      out.source = SourceNamed(*tree_.source);
    }
    bool expects = false;
    for (const ast::TestLine& line : tree_.lines) {
      hir::TestLine lowered;
      switch (line.kind) {
        case ast::TestLine::Kind::Line:
        case ast::TestLine::Kind::Raw:
          lowered.text = context_.Filled(line.text->value);
          break;
        case ast::TestLine::Kind::Wait:
          lowered.kind = hir::TestLine::Kind::Wait;
          lowered.wait = DurationOf(*line.wait);
          break;
        case ast::TestLine::Kind::Eof:
          lowered.kind = hir::TestLine::Kind::Eof;
          break;
        case ast::TestLine::Kind::File:
          lowered.kind = hir::TestLine::Kind::File;
          lowered.text = line.text->value;
          lowered.file_span = line.text->span;
          if (line.source.has_value()) {
            out.source = SourceNamed(*line.source);
          }
          break;
        case ast::TestLine::Kind::Expect:
          lowered.kind = hir::TestLine::Kind::Expect;
          lowered.expectation = Expectation(line);
          expects = true;
          break;
      }
      out.lines.push_back(std::move(lowered));
    }
    if (!expects) {
      context_.diags.Emit(tree_.title.span, diag::MissingClause, "test",
                          tree_.title.value, "expect");
    }
    return out;
  }

 private:
  vm::SourceId SourceNamed(const ast::Name& name) {
    const Entity* entity = context_.Find(name, "source");
    if (entity != nullptr && entity->kind == EntityKind::Source) {
      return vm::SourceId(entity->index);
    }
    if (entity != nullptr) {
      context_.diags.Emit(name.span, diag::WrongKind, name.text,
                          EntityName(entity->kind), "source");
    }
    return {};
  }

  hir::Expectation Expectation(const ast::TestLine& line) {
    using E = ast::TestLine::Expectation;
    hir::Expectation out;
    out.span = line.span;
    out.at = line.at.has_value() ? line.at->value : "";
    switch (line.expectation) {
      case E::Nothing:
        out.kind = hir::Expectation::Kind::Nothing;
        return out;
      case E::No:
        out.kind = hir::Expectation::Kind::No;
        out.events = CheckEvents({&*line.event, 1}, &context_);
        return out;
      case E::Outcome:
        out.kind = hir::Expectation::Kind::Outcome;
        out.outcome = Outcome(*line.node);
        return out;
      case E::Root:
        out.kind = hir::Expectation::Kind::Root;
        Named(*line.node, &out);
        return out;
      case E::Event:
        Named(*line.node, &out);
        if (line.gives.has_value()) {
          Gives(*line.gives, &out);
        }
        return out;
    }
    return out;
  }

  std::string Outcome(const ast::Name& name) {
    static const std::vector<std::string> kKnown = {
        "Finished",    "FinishedAfterFailure",
        "Failed",      "FailedAfterSuccess",
        "Interrupted", "CutOff",
        "Unknown"};
    if (std::find(kKnown.begin(), kKnown.end(), name.text) == kKnown.end()) {
      context_.diags
          .Emit(name.span, diag::UnknownName, "outcome", name.text,
                DidYouMean(name.text, kKnown))
          .Help(fmt::format("outcomes are {}", fmt::join(kKnown, ", ")));
    }
    return Snake(name.text);
  }

  // An event, else a node of the taxonomy: all events below it.
  void Named(const ast::Name& name, hir::Expectation* out) {
    ast::Event event;
    event.name = name;
    event.span = name.span;
    if (context_.Lookup(name.text) == nullptr) {
      event.kind = ast::Event::Kind::Any;
      out->node = FindNode(name, &context_).value_or(vm::NodeId());
      if (!out->node.valid()) {
        return;
      }
    }
    out->events = CheckEvents({&event, 1}, &context_);
  }

  void Gives(const ast::Expr& expr, hir::Expectation* out) {
    const size_t sigs = context_.module.signatures.size();
    if (out->events.size() != 1 ||
        out->events[0].index() >= sigs + context_.module.rules.size()) {
      context_.diags.Emit(expr.span, diag::TypeMismatch,
                          "`gives` is about one sig or rule");
      return;
    }
    const size_t event = out->events[0].index();
    const ResolveOperand resolve =
        [&](const ast::Ref& ref) -> std::optional<Operand> {
      return event < sigs ? OfSignature(event, ref) : OfRule(event - sigs, ref);
    };
    out->gives = CheckCondition(expr, resolve, nullptr, &context_);
  }

  // The flags stand behind the event's own slots, as those of a further step.
  static std::optional<Operand> Flag(std::string_view name, size_t step) {
    const auto* const at =
        std::find(std::begin(kFlags), std::end(kFlags), name);
    if (at == std::end(kFlags)) {
      return std::nullopt;
    }
    Operand operand;
    operand.slot = Narrow<uint32_t>(at - std::begin(kFlags));
    operand.type = vm::Type::Bool;
    operand.step = Narrow<uint32_t>(step);
    return operand;
  }

  std::optional<Operand> OfSignature(size_t index, const ast::Ref& ref) {
    hir::Signature& signature = context_.module.signatures[index];
    const std::string name = RefText(ref);
    if (const auto slot = SlotNamed(&signature, name, &context_)) {
      Operand operand;
      operand.slot = *slot;
      operand.type = signature.slots[*slot].type;
      return operand;
    }
    if (const auto flag = Flag(name, 1)) {
      return flag;
    }
    Unknown(ref, name);
    return std::nullopt;
  }

  std::optional<Operand> OfRule(size_t index, const ast::Ref& ref) {
    const std::string name = RefText(ref);
    const auto value = RuleValue(index, name, ref.span, &context_);
    const hir::Rule& rule = context_.module.rules[index];
    if (value.has_value()) {
      Operand operand;
      operand.step = Narrow<uint32_t>(value->step);
      operand.slot = value->slot;
      operand.type = rule.steps[operand.step].slots[operand.slot].type;
      return operand;
    }
    if (const auto flag = Flag(name, rule.steps.size())) {
      return flag;
    }
    Unknown(ref, name);
    return std::nullopt;
  }

  void Unknown(const ast::Ref& ref, const std::string& name) {
    context_.diags.Emit(ref.span, diag::UnknownName, "value", name, "")
        .Help(fmt::format("besides the event's values there are {}",
                          fmt::join(kFlags, ", ")));
  }

  const ast::Test& tree_;
  Context& context_;
};

}  // namespace

void CheckTests(Context* context) {
  for (const Written<ast::Test>& test : context->tests) {
    context->module.tests.push_back(TestCheck(test, context).Run());
  }
}

}  // namespace telltale::check
