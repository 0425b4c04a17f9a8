// What a rule asks that can never be: more than one value of what its state is
// kept by (E405), spans that no clock of the sources can tell (E504).
#include <algorithm>

#include "dsl/check/context.h"
#include "runtime/vm/limits.h"

namespace telltale::check {

namespace {

using pattern::Node;

constexpr int64_t kSecond = 1'000'000'000;

// ------------------------------------------------------------------ clocks

bool MayHold(const Node& node, std::string_view bytes) {
  const auto holds = [&](char c) {
    return node.kind == Node::Kind::Literal
               ? node.literal.find(c) != std::string::npos
               : node.kind == Node::Kind::Class &&
                     node.set.test(static_cast<unsigned char>(c));
  };
  return std::any_of(bytes.begin(), bytes.end(), holds) ||
         std::any_of(node.children.begin(), node.children.end(),
                     [&](const Node& child) { return MayHold(child, bytes); });
}

// Every text of `node` has a colon: it is a time of day, no count.
bool NeedsColon(const Node& node) {
  switch (node.kind) {
    case Node::Kind::Literal:
      return node.literal.find(':') != std::string::npos;
    case Node::Kind::Cat:
      return std::any_of(node.children.begin(), node.children.end(),
                         NeedsColon);
    case Node::Kind::Alt:
      return std::all_of(node.children.begin(), node.children.end(),
                         NeedsColon);
    case Node::Kind::Repeat:
      return node.min > 0 && NeedsColon(node.children[0]);
    case Node::Kind::Capture:
      return NeedsColon(node.children[0]);
    case Node::Kind::Class:
      return node.set.count() == 1 && node.set.test(':');
    case Node::Kind::Empty:
    case Node::Kind::Nothing:
    case Node::Kind::Look:
      return false;
  }
  return false;
}

// Stamps of this hole have no fraction of a second.
bool InSeconds(const Node& node) {
  return !MayHold(node, ".,") && NeedsColon(node);
}

void HolesOf(const Node& node, uint32_t capture,
             std::vector<const Node*>* holes) {
  if (node.kind == Node::Kind::Capture && node.capture == capture) {
    holes->push_back(&node);
  }
  for (const Node& child : node.children) {
    HolesOf(child, capture, holes);
  }
}

void HolesOf(const hir::Pattern& pattern, uint32_t capture,
             std::vector<const Node*>* holes) {
  HolesOf(pattern.term, capture, holes);
  for (const hir::Pattern& child : pattern.children) {
    HolesOf(child, capture, holes);
  }
}

bool InSeconds(const hir::Source& source) {
  const auto reads = [&](const vm::JsonField& json) {
    return json.field == source.clock;
  };
  if (!source.files.empty() ||
      std::any_of(source.json.begin(), source.json.end(), reads)) {
    return false;  // a stamp from there may be anything
  }
  std::vector<const Node*> holes;
  for (const auto* patterns : {&source.prefixes, &source.lines}) {
    for (const hir::HeaderPattern& header : *patterns) {
      for (size_t k = 0; k < header.fields.size(); ++k) {
        if (header.fields[k] == source.clock) {
          HolesOf(header.pattern, static_cast<uint32_t>(k), &holes);
        }
      }
    }
  }
  return !holes.empty() &&
         std::all_of(holes.begin(), holes.end(),
                     [](const Node* hole) { return InSeconds(*hole); });
}

struct Clocks {
  bool any = false;
  bool in_seconds = true;  // all of them
  Span first;
};

Clocks ClocksOf(const hir::Module& module) {
  Clocks clocks;
  for (const hir::Source& source : module.sources) {
    if (source.clock.valid()) {
      clocks.first = clocks.any ? clocks.first : source.span;
      clocks.any = true;
      clocks.in_seconds = clocks.in_seconds && InSeconds(source);
    }
  }
  return clocks;
}

void TooFine(Span span, const Clocks& clocks, Context* context) {
  context->diags
      .Emit(span, diag::Clock, "this span is finer than the clock of the logs")
      .Label(clocks.first, "its stamps have no fraction of a second")
      .Help("write 1s or more, or `within 5 lines`");
}

void CheckClocks(const ast::Rule& tree, const hir::Rule& rule,
                 const Clocks& clocks, Context* context) {
  const auto fine = [&](const vm::Reach& reach) {
    return clocks.any && clocks.in_seconds &&
           reach.kind == vm::Reach::Kind::Duration && reach.amount < kSecond;
  };
  size_t at = 0;
  for (const ast::Clause& clause : tree.clauses) {
    for (const ast::TimeSpan& span : clause.within) {
      if (fine(rule.within[at++])) {
        TooFine(span.span, clocks, context);
      }
    }
  }
  size_t k = 0;
  for (const ast::StepGroup& group : tree.groups) {
    for (const ast::Step& written : group.steps) {
      const hir::Step& step = rule.steps[k++];
      if (step.hold.kind != vm::Reach::Kind::Duration) {
        continue;
      }
      // What looks back holds where no time is known.
      const bool trailing = step.group + 1 == tree.groups.size();
      if (fine(step.hold)) {
        TooFine(written.hold->span, clocks, context);
      } else if (!clocks.any && trailing && !step.or_eof) {
        context->diags
            .Emit(written.hold->span, diag::Clock,
                  "no source has a clock: this time never passes")
            .Help(
                "give the source a `clock`; or let the end decide: `for run or "
                "eof`");
      }
    }
  }
}

// -------------------------------------------------------------------- keys

void CheckSpread(const ast::Rule& tree, const hir::Rule& rule,
                 Context* context) {
  size_t k = 0;
  for (const ast::StepGroup& group : tree.groups) {
    for (const ast::Step& written : group.steps) {
      const hir::Step& step = rule.steps[k++];
      const bool several =
          step.from.kind == vm::Spread::Kind::All ||
          (step.from.kind != vm::Spread::Kind::None && step.from.count > 1);
      const bool bound =
          std::any_of(step.key.begin(), step.key.end(), [&](const auto& part) {
            return part.has_value() && *part == step.from.slot;
          });
      if (several && bound) {
        context->diags
            .Emit(written.from_key->span, diag::BoundKey,
                  written.from_key->text)
            .Note(
                "its events are kept apart by that value: of each there is "
                "one")
            .Help("leave it out of `by`, and of comparisons with other steps");
      }
    }
  }
}

}  // namespace

void CheckRuleFacts(Context* context) {
  const Clocks clocks = ClocksOf(context->module);
  for (size_t k = 0; k < context->rules.size(); ++k) {
    const ast::Rule& tree = *context->rules[k].tree;
    const hir::Rule& rule = context->module.rules[k];
    CheckClocks(tree, rule, clocks, context);
    CheckSpread(tree, rule, context);
  }
}

}  // namespace telltale::check
