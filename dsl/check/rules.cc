#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "dsl/check/expressions.h"
#include "runtime/base/narrow.h"
#include "runtime/vm/limits.h"

namespace telltale::check {

namespace {

constexpr uint32_t kMostRepeats = 10'000;
constexpr uint32_t kMostKeys = 1'000'000;

class RuleCheck {
 public:
  RuleCheck(size_t index, Context* context)
      : tree_(*context->rules[index].tree), index_(index), context_(*context) {
    context->scope = context->rules[index].scope;
  }

  void Run() {
    hir::Rule& rule = Out();
    CheckCommon(tree_.clauses, &rule.meaning, &context_);
    OneOf once(&context_.diags);
    for (size_t group = 0; group < tree_.groups.size(); ++group) {
      for (const ast::Step& step : tree_.groups[group].steps) {
        AddStep(step, Narrow<uint32_t>(group));
      }
    }
    if (steps_.empty()) {
      return;
    }
    for (const ast::Clause& clause : tree_.clauses) {
      if (clause.kind == ast::Clause::Kind::Within) {
        for (const ast::TimeSpan& span : clause.within) {
          rule.within.push_back(CheckSpan(span, &context_));
        }
      } else if (clause.kind == ast::Clause::Kind::By) {
        By(clause);
      } else if (clause.kind == ast::Clause::Kind::At &&
                 once.First(clause, "at")) {
        At(clause.names[0]);
      } else if (clause.kind == ast::Clause::Kind::During &&
                 once.First(clause, "during")) {
        rule.during =
            FindNode(clause.names[0], &context_).value_or(vm::NodeId());
      } else if (clause.kind == ast::Clause::Kind::GroupBy) {
        GroupBy(clause);
      }
    }
    Lookups();
    for (size_t k = 0; k < steps_.size(); ++k) {
      if (steps_[k]->from.has_value()) {
        From(k, *steps_[k]);
      }
      const std::vector<ast::Expr>& where = steps_[k]->where;
      if (where.size() > 1) {
        context_.diags.Emit(where[1].span, diag::Duplicate, "where")
            .Label(where[0].span, "first here")
            .Help("join them with `and`");
      }
      if (!where.empty()) {
        Where(k, where[0]);
      }
    }
    for (const ast::Clause& clause : tree_.clauses) {
      if (clause.kind == ast::Clause::Kind::Note) {
        rule.meaning.note = Text(*clause.text);
      } else if (clause.kind == ast::Clause::Kind::See) {
        rule.meaning.see = Text(*clause.text);
      }
    }
    CheckShape();
  }

  // `x.capture` of step `x`, or `capture` of the first step that has it.
  std::optional<NoteValue> ValueOf(std::string_view name, Span span) {
    const size_t dot = name.find('.');
    for (size_t k = 0; k < Out().steps.size(); ++k) {
      const hir::Step& step = Out().steps[k];
      const bool meant =
          dot == std::string_view::npos || step.alias == name.substr(0, dot);
      if (!meant || step.absent) {
        continue;
      }
      const std::string_view value =
          dot == std::string_view::npos ? name : name.substr(dot + 1);
      const auto slot = StepSlot(k, std::string(value), span);
      if (slot.has_value()) {
        return NoteValue{Narrow<int32_t>(k), *slot};
      }
    }
    return std::nullopt;
  }

 private:
  hir::Rule& Out() { return context_.module.rules[index_]; }

  // By which value each `table[x.code].column` of the verdict is looked up.
  void Lookups() {
    size_t at = 0;
    std::vector<vm::VerdictLookup>& lookups = Out().meaning.lookups;
    for (const ast::Verdict& verdict : tree_.verdicts) {
      if (verdict.index.empty() || at == lookups.size()) {
        continue;
      }
      const ast::Expr& index = verdict.index[0];
      const std::string name = LookupName(index, &context_);
      const auto value = ValueOf(name, index.span);
      if (value.has_value()) {
        const auto step = static_cast<uint32_t>(value->step);
        lookups[at].step = step;
        lookups[at].name = Out().steps[step].slots[value->slot].name;
      } else if (!name.empty()) {
        context_.diags.Emit(index.span, diag::UnknownName, "value", name, "")
            .Help("write `x.capture` for a step `x`");
      }
      ++at;
    }
  }

  void AddStep(const ast::Step& step, uint32_t group) {
    hir::Step out;
    out.span = step.span;
    out.alias = step.alias.has_value() ? step.alias->text : "";
    out.any_record = step.absent &&
                     step.event.kind == ast::Event::Kind::Named &&
                     step.event.name.text == kRecord;
    if (!out.any_record) {
      context_.in_step = true;
      out.events = CheckEvents({&step.event, 1}, &context_);
      context_.in_step = false;
    }
    out.group = group;
    out.last = step.last;
    out.absent = step.absent;
    out.or_eof = step.or_eof;
    if (step.hold.has_value()) {
      out.hold = CheckSpan(*step.hold, &context_);
    } else if (step.or_eof) {
      out.hold = {vm::Reach::Kind::Run, 0};
    }
    if (step.count.has_value()) {
      out.count = CountOfStep(*step.count);
    }
    for (const hir::Step& other : Out().steps) {
      if (!out.alias.empty() && other.alias == out.alias) {
        context_.diags.Emit(step.alias->span, diag::Duplicate, out.alias);
      }
    }
    Out().steps.push_back(std::move(out));
    steps_.push_back(&step);
  }

  uint32_t CountOfStep(const ast::Count& count) {
    if (count.number.has_value()) {
      return CountOf(*count.number, kMostRepeats, "a count", context_.diags)
          .value_or(1);
    }
    const Constant* value = context_.Parameter(count.param->text);
    if (value == nullptr) {
      context_.diags.Emit(count.span, diag::UnknownName, "param",
                          count.param->text, "");
      return 1;
    }
    const int64_t number = value->type == vm::Type::Int && !value->is_set
                               ? value->values[0].integer
                               : 0;
    if (number < 1 || number > int64_t{kMostRepeats}) {
      context_.diags
          .Emit(count.span, diag::OutOfRange, "a count", count.param->text)
          .Help(fmt::format("1 to {} are possible", kMostRepeats));
      return 1;
    }
    return static_cast<uint32_t>(number);
  }

  void From(size_t k, const ast::Step& step) {
    vm::Spread from;
    const ast::Count& count = *step.from;
    from.kind = count.kind == ast::Count::Kind::All ? vm::Spread::Kind::All
                : count.kind == ast::Count::Kind::Only
                    ? vm::Spread::Kind::Only
                    : vm::Spread::Kind::AtLeast;
    if (from.kind != vm::Spread::Kind::All) {
      from.count = CountOfStep(count);
    }
    const auto slot = StepSlot(k, step.from_key->text, step.from_key->span);
    if (!slot.has_value()) {
      context_.diags
          .Emit(step.from_key->span, diag::UnknownName, "field",
                step.from_key->text, "")
          .Help("`from` takes a capture of the step, or a `key` of the source");
      return;
    }
    from.slot = *slot;
    Out().steps[k].from = from;
  }

  void At(const ast::Name& name) {
    std::vector<std::string> aliases;
    for (size_t k = 0; k < Out().steps.size(); ++k) {
      if (!Out().steps[k].alias.empty()) {
        aliases.push_back(Out().steps[k].alias);
      }
      if (Out().steps[k].alias == name.text) {
        Out().at = Narrow<uint32_t>(k);
        return;
      }
    }
    context_.diags
        .Emit(name.span, diag::UnknownName, "step", name.text,
              DidYouMean(name.text, aliases))
        .Help("give the step a name: `when x: some_event`");
  }

  void GroupBy(const ast::Clause& clause) {
    for (const ast::FieldRef& field : clause.fields) {
      const std::optional<NoteValue> value =
          ValueOf(field.name.text, field.name.span);
      if (!value.has_value()) {
        context_.diags
            .Emit(field.name.span, diag::UnknownName, "field", field.name.text,
                  "")
            .Help("write `x.capture` for a step `x`, or a `key` of the source");
        continue;
      }
      const auto step = static_cast<uint32_t>(value->step);
      const hir::StepSlot& slot = Out().steps[step].slots[value->slot];
      Out().meaning.group_by.push_back({step, slot.name});
      WarnOfVolatileGroup(field.name, slot.name, slot.type, &context_);
    }
  }

  void Misplaced(Span span, std::string_view what, std::string_view help) {
    context_.diags.Emit(span, diag::Misplaced, what).Help(std::string(help));
  }

  // Is each step where a step of its kind can be?
  void CheckShape() {
    hir::Rule& rule = Out();
    std::vector<size_t> sizes(tree_.groups.size(), 0);
    size_t events = 0;  // that must come
    std::optional<uint32_t> first;
    uint32_t last = 0;
    for (const hir::Step& step : rule.steps) {
      ++sizes[step.group];
      if (!step.absent) {
        events +=
            step.count + (step.from.kind == vm::Spread::Kind::None ? 0 : 1);
        last = step.group;
      }
      if (!step.absent && !step.last) {
        first = first.value_or(step.group);
      }
    }
    if (!first.has_value() && events > 0) {
      if (rule.steps.back().absent &&
          rule.steps[rule.steps.size() - 1].group > last) {
        first = StartAtFact(last);
      } else {
        Misplaced(rule.steps[0].span,
                  "only `last` steps: nothing would complete the rule",
                  "leave `last` out of the step that completes it");
      }
    }
    bool trailing = false;
    for (const hir::Step& step : rule.steps) {
      const bool alone = sizes[step.group] == 1;
      if (step.absent) {
        Absence(step, alone, events > 0 && step.group < last, first.value_or(0),
                &trailing);
      } else {
        Presence(step, alone, first.value_or(0), last);
      }
      if (sizes[step.group] > vm::kMaxStageMembers) {
        Misplaced(step.span,
                  fmt::format("more than {} steps in any order",
                              vm::kMaxStageMembers),
                  "make a rule of some of them, and use it here");
        break;
      }
    }
    if (events > 1 && rule.within.empty()) {
      context_.diags.Emit(tree_.name.span, diag::NoWindow)
          .Help(
              "add `within 10m`, `within 200 lines` or `within run`: without "
              "it the state would never end");
    }
  }

  // `last a -> no b for 10m`: the absence counts from the latest `a`.
  uint32_t StartAtFact(uint32_t group) {
    for (hir::Step& step : Out().steps) {
      if (step.group == group) {
        step.last = false;
      }
    }
    Out().latest_start = true;
    return group;
  }

  void Presence(const hir::Step& step, bool alone, uint32_t first,
                uint32_t last) {
    using Kind = vm::Spread::Kind;
    if (step.last && step.group == last && alone && first < last) {
      Misplaced(step.span,
                "a `last` step behind the step that completes the "
                "rule",
                "put it in front: `last x: a -> b`; or say that it may come "
                "later: `b & last x: a`");
    }
    if (step.count > 1 && step.from.kind != Kind::None) {
      Misplaced(step.span, "a count and `from` on one step",
                "`from` counts by itself: leave the other out");
    } else if (!alone && (step.count > 1 || step.from.kind != Kind::None)) {
      Misplaced(step.span, "a count among steps that come in any order",
                "make a rule of the counted events, and use it here");
    }
    const bool whole =
        step.from.kind == Kind::All || step.from.kind == Kind::Only;
    if (whole && step.group != first) {
      Misplaced(step.span, "`from all` and `from only` stand at the start",
                "make a rule of what comes first, and use it here");
    } else if (step.from.kind == Kind::Only && step.group != last) {
      Misplaced(step.span, "`from only` is decided when the window ends",
                "no step can follow it");
    }
  }

  void Absence(const hir::Step& step, bool alone, bool before, uint32_t first,
               bool* trailing) {
    const bool held = step.hold.kind != vm::Reach::Kind::None;
    if (step.any_record &&
        (!before || step.hold.kind != vm::Reach::Kind::Duration)) {
      Misplaced(step.span,
                "`no record` looks back, over some time, from a step",
                "write `no record for 10m -> b`; or compare the time before an "
                "event: `b where gap > 10m`");
      return;
    }
    if (!alone) {
      Misplaced(step.span, "`no` among steps that come in any order",
                "put it between arrows: `a & b -> no c for 10m`");
      return;
    }
    if (before) {
      if (step.or_eof) {
        Misplaced(step.span, "`or eof` in front of another step",
                  "only the last step can be decided by the end of the input");
      } else if (step.group < first && !held) {
        Misplaced(step.span, "`no` in front of the first step, without `for`",
                  "say how far to look back: `no a for 10m -> b`");
      }
      GuardedStep(step, held);
      return;
    }
    if (*trailing) {
      Misplaced(step.span, "two `no` at the end",
                "join them: `no (a | b) for 10m`");
    }
    *trailing = true;
    if (!held) {
      context_.diags.Emit(step.span, diag::NoWindow)
          .Help("say until when: `no b for 10m`, `for run` or `or eof`");
    } else if (Out().steps.size() == 1 &&
               step.hold.kind != vm::Reach::Kind::Run &&
               step.hold.kind != vm::Reach::Kind::Stream) {
      Misplaced(step.span, "nothing says from when this time counts",
                "begin with an event: `a -> no b for 10m`; or mean the whole "
                "attempt: `no b for run or eof`");
    }
  }

  // E503: the next step's own events are among those that must not be.
  void GuardedStep(const hir::Step& guard, bool held) {
    if (guard.where.has_value()) {
      return;
    }
    for (const hir::Step& step : Out().steps) {
      const bool next = step.group == guard.group + 1 && !step.absent;
      const bool several =
          step.count > 1 || step.from.kind != vm::Spread::Kind::None;
      if (next && (several || !held) && !step.events.empty() &&
          std::includes(guard.events.begin(), guard.events.end(),
                        step.events.begin(), step.events.end())) {
        context_.diags.Emit(guard.span, diag::GuardForbidsStep)
            .Label(step.span, "each such event is also one of the guard's")
            .Help("leave these events out of the guard");
      }
    }
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
    if (name == "line" || name == "link" || name == "links") {
      return vm::Type::Int;
    }
    if (name == "gap") {
      return vm::Type::Duration;
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
      context_.diags.Emit(ref.span, diag::UnknownName, "value", RefText(ref),
                          "");
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
      if (!step.alias.empty()) {
        aliases.push_back(step.alias);
      }
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

  // The other steps that an expression speaks of.
  void Others(size_t own, const ast::Expr& expr, std::set<size_t>* out) {
    const bool is_ref =
        expr.kind == ast::Expr::Kind::Ref || expr.kind == ast::Expr::Kind::Has;
    if (is_ref && expr.ref.steps.size() == 2) {
      for (size_t k = 0; k < Out().steps.size(); ++k) {
        if (k != own && !Out().steps[k].alias.empty() &&
            Out().steps[k].alias == expr.ref.steps[0].name) {
          out->insert(k);
        }
      }
    }
    for (const ast::Expr& arg : expr.args) {
      Others(own, arg, out);
    }
    for (const ast::RefStep& step : expr.ref.steps) {
      for (const ast::Expr& index : step.index) {
        Others(own, index, out);
      }
    }
  }

  static void Add(std::optional<hir::Expr> one, std::optional<hir::Expr>* all) {
    if (!one.has_value()) {
      return;  // told already
    }
    if (!all->has_value()) {
      *all = std::move(one);
      return;
    }
    hir::Expr both;
    both.kind = hir::Expr::Kind::And;
    both.span = Cover((*all)->span, one->span);
    both.args.push_back(std::move(**all));
    both.args.push_back(std::move(*one));
    *all = std::move(both);
  }

  // Equality with another step's value becomes part of the key; other
  // comparisons with a `last` step are tried when the steps are there; the rest
  // is a condition on the step's own event.
  void Where(size_t own, const ast::Expr& expr) {
    std::vector<const ast::Expr*> conjuncts;
    Conjuncts(expr, &conjuncts);
    std::optional<hir::Expr> condition;
    std::optional<hir::Expr> join;
    for (const ast::Expr* conjunct : conjuncts) {
      std::set<size_t> others;
      Others(own, *conjunct, &others);
      const bool facts =
          !Out().steps[own].absent &&
          std::all_of(others.begin(), others.end(), [&](size_t other) {
            return Out().steps[other].last || Out().steps[own].last;
          });
      if (others.empty()) {
        Add(Condition(own, *conjunct, false), &condition);
      } else if (facts) {
        Add(Condition(own, *conjunct, true), &join);
      } else {
        Join(own, *conjunct);
      }
    }
    for (const std::optional<hir::Expr>& all : {condition, join}) {
      if (all.has_value() && conjuncts.size() > 1) {
        RefuseConstant(*all, {}, &context_);
      }
    }
    Out().steps[own].where = std::move(condition);
    Out().steps[own].join = std::move(join);
  }

  void Join(size_t own, const ast::Expr& expr) {
    if (expr.kind != ast::Expr::Kind::Equal || expr.args.size() != 2 ||
        expr.args[0].kind != ast::Expr::Kind::Ref ||
        expr.args[1].kind != ast::Expr::Kind::Ref) {
      context_.diags.Emit(expr.span, diag::CrossStep)
          .Help("compare for equality, or make the other step a `last` one");
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

  // `joins`: may speak of other steps.
  std::optional<hir::Expr> Condition(size_t own, const ast::Expr& expr,
                                     bool joins) {
    const ResolveOperand resolve =
        [&](const ast::Ref& ref) -> std::optional<Operand> {
      const std::optional<Target> target = TargetOf(own, ref);
      if (!target.has_value()) {
        return std::nullopt;
      }
      if (target->step != own && !joins) {
        context_.diags.Emit(ref.span, diag::CrossStep)
            .Help("compare for equality, or make the other step a `last` one");
        return std::nullopt;
      }
      const auto slot = StepSlot(target->step, target->name, ref.span);
      if (!slot.has_value()) {
        const Constant* constant = context_.Parameter(target->name);
        if (constant != nullptr && ref.steps.size() == 1) {
          return Operand{0, constant->type, false, {}, 0, constant};
        }
        context_.diags.Emit(ref.span, diag::UnknownName, "capture",
                            target->name, "");
        return std::nullopt;
      }
      return Operand{*slot,
                     Out().steps[target->step].slots[*slot].type,
                     false,
                     {},
                     Narrow<uint32_t>(target->step),
                     nullptr};
    };
    const AddDerived add =
        [&](const hir::Expr& base, vm::Type type,
            hir::Derived derived) -> std::optional<uint32_t> {
      if (joins || base.step != own) {
        context_.diags
            .Emit(derived.span, diag::Misplaced,
                  "a value of the past, or a match, in a comparison with "
                  "another step")
            .Help("split the condition at `and`");
        return std::nullopt;
      }
      std::vector<hir::StepSlot>& slots = Out().steps[own].slots;
      slots.push_back({"", type, std::move(derived)});
      return Narrow<uint32_t>(slots.size() - 1);
    };
    return CheckCondition(expr, resolve, add, &context_);
  }

  std::vector<hir::TextPart> Text(const ast::String& text) {
    const ResolveNote resolve = [&](std::string_view name) {
      return ValueOf(name, text.span);
    };
    return SplitText(text, resolve, &context_);
  }

  const ast::Rule& tree_;
  size_t index_;
  Context& context_;
  std::vector<const ast::Step*> steps_;
};

}  // namespace

void CheckRuleHeads(Context* context) {
  for (size_t k = 0; k < context->rules.size(); ++k) {
    context->scope = context->rules[k].scope;
    CheckVerdict(context->rules[k]->verdicts, &context->module.rules[k].meaning,
                 context);
  }
}

void CheckRules(Context* context) {
  for (size_t k = 0; k < context->rules.size(); ++k) {
    RuleCheck(k, context).Run();
  }
}

std::optional<NoteValue> RuleValue(size_t rule, std::string_view name,
                                   Span span, Context* context) {
  const Scope* before = context->scope;
  const auto value = RuleCheck(rule, context).ValueOf(name, span);
  context->scope = before;
  return value;
}

void CheckStages(Context* context) {
  for (const Written<ast::Stage>& tree : context->stages) {
    context->scope = tree.scope;
    hir::Phase phase;
    const std::optional<vm::NodeId> node = FindNode(tree->node, context);
    phase.from = CheckEvents({&tree->from, 1}, context);
    phase.to = CheckEvents({&tree->to, 1}, context);
    for (const ast::FieldRef& field : tree->by) {
      const auto known = context->fields.find(field.name.text);
      if (known == context->fields.end() ||
          !context->module.fields[known->second.index()].is_key) {
        context->diags
            .Emit(field.name.span, diag::UnknownName, "field", field.name.text,
                  "")
            .Help("`by` of a stage takes a `key` of the source");
        continue;
      }
      phase.by.push_back(field.name.text);
    }
    if (!node.has_value()) {
      continue;
    }
    phase.node = *node;
    if (context->module.nodes[node->index()].axis != vm::Axis::Stage) {
      context->diags.Emit(tree->node.span, diag::WrongKind, tree->node.text,
                          "node of another axis", "stage");
      continue;
    }
    context->module.phases.push_back(std::move(phase));
  }
}

}  // namespace telltale::check
