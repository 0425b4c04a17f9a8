#include <algorithm>

#include <fmt/format.h>

#include "dsl/check/expressions.h"
#include "runtime/base/narrow.h"

namespace telltale::check {

namespace {

constexpr uint32_t kMostRepeats = 10'000;
constexpr uint32_t kMostKeys = 1'000'000;

class RuleCheck {
 public:
  RuleCheck(size_t index, Context* context)
      : tree_(*context->rules[index]), index_(index), context_(*context) {}

  void Run() {
    hir::Rule& rule = Out();
    CheckCommon(tree_.clauses, &rule.meaning, &context_);
    for (const ast::StepGroup& group : tree_.groups) {
      for (const ast::Step& step : group.steps) {
        AddStep(step);
      }
    }
    if (rule.steps.size() != steps_.size() || steps_.empty()) {
      return;
    }
    for (const ast::Clause& clause : tree_.clauses) {
      if (clause.kind == ast::Clause::Kind::Within) {
        for (const ast::TimeSpan& span : clause.within) {
          rule.within.push_back(CheckSpan(span, &context_));
        }
      } else if (clause.kind == ast::Clause::Kind::By) {
        By(clause);
      }
    }
    for (size_t k = 0; k < steps_.size(); ++k) {
      if (steps_[k]->where.has_value()) {
        Where(k, *steps_[k]->where);
      }
    }
    for (const ast::Clause& clause : tree_.clauses) {
      if (clause.kind == ast::Clause::Kind::Note) {
        Note(*clause.text);
      }
    }
    uint64_t stages = 0;
    for (const hir::Step& step : rule.steps) {
      stages += step.count;
    }
    if (stages > 1 && rule.within.empty()) {
      context_.diags.Emit(tree_.name.span, diag::NoWindow)
          .Help(
              "add `within 10m`, `within 200 lines` or `within run`: without "
              "it the state would never end");
    }
  }

 private:
  hir::Rule& Out() { return context_.module.rules[index_]; }

  void AddStep(const ast::Step& step) {
    if (step.absent || step.last || step.from.has_value() ||
        step.event.kind == ast::Event::Kind::Text) {
      return;  // refused already
    }
    hir::Step out;
    out.span = step.span;
    out.alias = step.alias.has_value() ? step.alias->text : "";
    out.events = CheckEvents({step.event}, &context_);
    if (step.count.has_value() && step.count->number.has_value()) {
      out.count =
          CountOf(*step.count->number, kMostRepeats, "a count", context_.diags)
              .value_or(1);
    }
    for (const hir::Step& other : Out().steps) {
      if (!out.alias.empty() && other.alias == out.alias) {
        context_.diags.Emit(step.alias->span, diag::Duplicate, out.alias);
      }
    }
    Out().steps.push_back(std::move(out));
    steps_.push_back(&step);
  }

  // The type of `name` for one kind of event; nothing if it has no such value.
  std::optional<vm::Type> TypeOf(vm::EventId event, std::string_view name) {
    const size_t sigs = context_.module.signatures.size();
    if (event.index() < sigs) {
      for (const hir::Slot& slot :
           context_.module.signatures[event.index()].slots) {
        if (slot.name == name) {
          return slot.type;
        }
      }
    } else if (event.index() >= sigs + context_.module.rules.size()) {
      const hir::Block& block =
          context_.module
              .blocks[event.index() - sigs - context_.module.rules.size()];
      for (const hir::Capture& capture : block.captures) {
        if (capture.name == name) {
          return capture.type;
        }
      }
    }
    const auto field = context_.fields.find(name);
    if (field != context_.fields.end() &&
        context_.module.fields[field->second.index()].is_key) {
      return context_.module.fields[field->second.index()].type;
    }
    if (name == "line") {
      return vm::Type::Int;
    }
    return name == "time" ? std::optional(vm::Type::Time) : std::nullopt;
  }

  // The slot of a step called `name`, added if any of its events has it.
  std::optional<uint32_t> StepSlot(size_t step, const std::string& name,
                                   Span span) {
    hir::Step& out = Out().steps[step];
    for (size_t k = 0; k < out.slots.size(); ++k) {
      if (out.slots[k].name == name) {
        return Narrow<uint32_t>(k);
      }
    }
    std::optional<vm::Type> type;
    for (const vm::EventId event : out.events) {
      const std::optional<vm::Type> one = TypeOf(event, name);
      if (one.has_value() && type.has_value() && *one != *type) {
        context_.diags.Emit(span, diag::CaptureTypes, name, vm::TypeName(*one),
                            vm::TypeName(*type));
        return std::nullopt;
      }
      type = one.has_value() ? one : type;
    }
    if (!type.has_value()) {
      return std::nullopt;
    }
    out.slots.push_back({name, *type});
    return Narrow<uint32_t>(out.slots.size() - 1);
  }

  void AddKeyPart(const std::vector<std::optional<uint32_t>>& slots) {
    hir::Rule& rule = Out();
    ++rule.key_parts;
    for (size_t k = 0; k < rule.steps.size(); ++k) {
      rule.steps[k].key.push_back(slots[k]);
    }
  }

  void By(const ast::Clause& clause) {
    if (clause.up_to.has_value()) {
      Out().capacity =
          CountOf(*clause.up_to, kMostKeys, "`up to`", context_.diags)
              .value_or(65536);
    }
    for (const ast::FieldRef& field : clause.fields) {
      std::vector<std::optional<uint32_t>> slots;
      bool any = false;
      for (size_t k = 0; k < Out().steps.size(); ++k) {
        slots.push_back(StepSlot(k, field.name.text, field.name.span));
        any = any || slots.back().has_value();
      }
      if (!any) {
        context_.diags
            .Emit(field.name.span, diag::UnknownName, "field", field.name.text,
                  "")
            .Help(
                "`by` takes a capture of the steps, or a `key` of the source");
        continue;
      }
      AddKeyPart(slots);
    }
  }

  // Which step a reference is about, and the name there.
  struct Target {
    size_t step = 0;
    std::string name;
  };
  std::optional<Target> TargetOf(size_t own, const ast::Ref& ref) {
    if (ref.steps.size() == 1) {
      return Target{own, ref.steps[0].name};
    }
    if (ref.steps.size() > 2 || ref.steps[1].name.empty()) {
      context_.NotSupported(ref.span, "a table look-up");
      return std::nullopt;
    }
    const hir::Rule& rule = Out();
    for (size_t k = 0; k < rule.steps.size(); ++k) {
      if (rule.steps[k].alias == ref.steps[0].name) {
        return Target{k, ref.steps[1].name};
      }
    }
    std::vector<std::string> aliases;
    for (const hir::Step& step : rule.steps) {
      aliases.push_back(step.alias);
    }
    context_.diags.Emit(ref.steps[0].span, diag::UnknownName, "step",
                        ref.steps[0].name,
                        DidYouMean(ref.steps[0].name, aliases));
    return std::nullopt;
  }

  static void Conjuncts(const ast::Expr& expr,
                        std::vector<const ast::Expr*>* out) {
    if (expr.kind == ast::Expr::Kind::And) {
      for (const ast::Expr& arg : expr.args) {
        Conjuncts(arg, out);
      }
    } else {
      out->push_back(&expr);
    }
  }

  bool IsOther(size_t own, const ast::Expr& expr) {
    if (expr.kind != ast::Expr::Kind::Ref || expr.ref.steps.size() != 2) {
      return false;
    }
    return expr.ref.steps[0].name != Out().steps[own].alias;
  }

  // Equality with another step's value becomes part of the key; the rest is a
  // condition on the step's own event.
  void Where(size_t own, const ast::Expr& expr) {
    std::vector<const ast::Expr*> conjuncts;
    Conjuncts(expr, &conjuncts);
    std::optional<hir::Expr> condition;
    for (const ast::Expr* conjunct : conjuncts) {
      const bool compares = conjunct->args.size() == 2;
      if (compares && (IsOther(own, conjunct->args[0]) ||
                       IsOther(own, conjunct->args[1]))) {
        Join(own, *conjunct);
        continue;
      }
      std::optional<hir::Expr> one = Condition(own, *conjunct);
      if (!one.has_value()) {
        continue;
      }
      if (!condition.has_value()) {
        condition = std::move(one);
        continue;
      }
      hir::Expr both;
      both.kind = hir::Expr::Kind::And;
      both.args.push_back(std::move(*condition));
      both.args.push_back(std::move(*one));
      condition = std::move(both);
    }
    Out().steps[own].where = std::move(condition);
  }

  void Join(size_t own, const ast::Expr& expr) {
    if (expr.kind != ast::Expr::Kind::Equal ||
        expr.args[0].kind != ast::Expr::Kind::Ref ||
        expr.args[1].kind != ast::Expr::Kind::Ref) {
      context_.diags.Emit(expr.span, diag::CrossStep)
          .Help("compare with a constant, or for equality");
      return;
    }
    std::vector<std::optional<uint32_t>> slots(Out().steps.size());
    std::vector<vm::Type> types;
    for (const ast::Expr& side : expr.args) {
      const std::optional<Target> target = TargetOf(own, side.ref);
      if (!target.has_value()) {
        return;
      }
      const auto slot = StepSlot(target->step, target->name, side.span);
      if (!slot.has_value()) {
        context_.diags.Emit(side.span, diag::UnknownName, "capture",
                            target->name, "");
        return;
      }
      slots[target->step] = slot;
      types.push_back(Out().steps[target->step].slots[*slot].type);
    }
    if (vm::RepOf(types[0]) != vm::RepOf(types[1])) {
      context_.diags.Emit(
          expr.span, diag::TypeMismatch,
          fmt::format("`{}` cannot be compared with `{}`",
                      vm::TypeName(types[0]), vm::TypeName(types[1])));
      return;
    }
    AddKeyPart(slots);
  }

  std::optional<hir::Expr> Condition(size_t own, const ast::Expr& expr) {
    const ResolveOperand resolve =
        [&](const ast::Ref& ref) -> std::optional<Operand> {
      const std::optional<Target> target = TargetOf(own, ref);
      if (!target.has_value()) {
        return std::nullopt;
      }
      if (target->step != own) {
        context_.diags.Emit(ref.span, diag::CrossStep)
            .Help("compare with a constant, or for equality");
        return std::nullopt;
      }
      const auto slot = StepSlot(own, target->name, ref.span);
      if (!slot.has_value()) {
        context_.diags.Emit(ref.span, diag::UnknownName, "capture",
                            target->name, "");
        return std::nullopt;
      }
      return Operand{*slot, Out().steps[own].slots[*slot].type, false, {}};
    };
    return CheckCondition(expr, resolve, &context_);
  }

  void Note(const ast::String& note) {
    const ResolveNote resolve =
        [&](std::string_view name) -> std::optional<NoteValue> {
      const size_t dot = name.find('.');
      for (size_t k = 0; k < Out().steps.size(); ++k) {
        const hir::Step& step = Out().steps[k];
        const bool meant =
            dot == std::string_view::npos || step.alias == name.substr(0, dot);
        // A step with several kinds of events has no one place for a value.
        if (!meant || step.events.size() != 1 ||
            step.events[0].index() >= context_.module.signatures.size()) {
          continue;
        }
        const std::string_view value =
            dot == std::string_view::npos ? name : name.substr(dot + 1);
        const auto slot =
            SlotNamed(&context_.module.signatures[step.events[0].index()],
                      value, &context_);
        if (slot.has_value()) {
          return NoteValue{Narrow<int32_t>(k), *slot};
        }
      }
      return std::nullopt;
    };
    Out().meaning.note = SplitNote(note, resolve, &context_);
  }

  const ast::Rule& tree_;
  size_t index_;
  Context& context_;
  std::vector<const ast::Step*> steps_;
};

// Depth-first search for a cycle over the signatures and rules.
class CycleSearch {
 public:
  using Next = std::function<std::vector<vm::EventId>(vm::EventId)>;

  CycleSearch(std::string_view relation, Next next, Context* context)
      : relation_(relation), next_(std::move(next)), context_(*context) {}

  void Run() {
    const size_t count =
        context_.module.signatures.size() + context_.module.rules.size();
    state_.assign(count, State::New);
    for (size_t k = 0; k < count; ++k) {
      Visit(vm::EventId(k));
    }
  }

 private:
  enum class State { New, Open, Done };

  void Visit(vm::EventId event) {
    if (event.index() >= state_.size() || state_[event.index()] != State::New) {
      return;
    }
    // An own stack: chains may be as long as there are signatures.
    struct Frame {
      vm::EventId event;
      std::vector<vm::EventId> next;
      size_t at = 0;
    };
    std::vector<Frame> stack;
    state_[event.index()] = State::Open;
    stack.push_back({event, next_(event), 0});
    while (!stack.empty()) {
      Frame& frame = stack.back();
      if (frame.at == frame.next.size()) {
        state_[frame.event.index()] = State::Done;
        stack.pop_back();
        continue;
      }
      const vm::EventId to = frame.next[frame.at++];
      if (to.index() >= state_.size()) {
        continue;  // a block relates to nothing
      }
      if (state_[to.index()] == State::Open) {
        const hir::Meaning& meaning = *context_.MeaningOf(to);
        context_.diags.Emit(meaning.span, diag::Cycle, meaning.name, relation_);
        state_[to.index()] = State::Done;
      } else if (state_[to.index()] == State::New) {
        state_[to.index()] = State::Open;
        stack.push_back({to, next_(to), 0});
      }
    }
  }

  std::string_view relation_;
  Next next_;
  Context& context_;
  std::vector<State> state_;
};

// A rule is one deeper than the deepest rule among its steps.
void AssignDepths(Context* context) {
  std::vector<hir::Rule>& rules = context->module.rules;
  const size_t sigs = context->module.signatures.size();
  for (size_t round = 0; round < rules.size(); ++round) {
    bool changed = false;
    for (hir::Rule& rule : rules) {
      for (const hir::Step& step : rule.steps) {
        for (const vm::EventId event : step.events) {
          const size_t other = event.index() - sigs;
          if (event.index() >= sigs && other < rules.size() &&
              rule.depth <= rules[other].depth &&
              rules[other].depth < rules.size()) {
            rule.depth = rules[other].depth + 1;
            changed = true;
          }
        }
      }
    }
    if (!changed) {
      return;
    }
  }
}

}  // namespace

void CheckRuleHeads(Context* context) {
  for (size_t k = 0; k < context->rules.size(); ++k) {
    context->module.rules[k].meaning.verdict =
        CheckVerdict(context->rules[k]->verdicts, context);
  }
}

void CheckRules(Context* context) {
  for (size_t k = 0; k < context->rules.size(); ++k) {
    RuleCheck(k, context).Run();
  }
}

void CheckCycles(Context* context) {
  CycleSearch(
      "`over`",
      [context](vm::EventId event) { return context->MeaningOf(event)->over; },
      context)
      .Run();
  CycleSearch(
      "the steps of rules",
      [context](vm::EventId event) {
        std::vector<vm::EventId> next;
        const size_t sigs = context->module.signatures.size();
        if (event.index() >= sigs) {
          for (const hir::Step& step :
               context->module.rules[event.index() - sigs].steps) {
            next.insert(next.end(), step.events.begin(), step.events.end());
          }
        }
        return next;
      },
      context)
      .Run();
  AssignDepths(context);
}

}  // namespace telltale::check
