#include <algorithm>

#include <fmt/format.h>

#include "dsl/check/expressions.h"
#include "dsl/check/patterns.h"
#include "runtime/base/narrow.h"

namespace telltale::check {

namespace {

constexpr uint32_t kMostLines = 1'000'000'000;

std::vector<std::string> SlotNames(const hir::Signature& signature,
                                   const Context& context) {
  std::vector<std::string> names;
  for (const hir::Capture& capture : signature.captures) {
    names.push_back(capture.name);
  }
  for (const auto& [name, id] : context.fields) {
    names.push_back(name);
  }
  return names;
}

void AddUnique(std::vector<vm::EventId>* events, vm::EventId event) {
  if (std::find(events->begin(), events->end(), event) == events->end()) {
    events->push_back(event);
  }
}

bool AsksForAny(const ast::Event& event) {
  return event.kind == ast::Event::Kind::Any ||
         std::any_of(event.alternatives.begin(), event.alternatives.end(),
                     AsksForAny);
}

// A rule that asks for `any NODE` must not wait for others that do so: it may
// be one of them itself.
void DropAskers(std::vector<vm::EventId>* events, const Context* context) {
  const size_t sigs = context->module.signatures.size();
  std::erase_if(*events, [&](vm::EventId event) {
    if (event.index() < sigs || event.index() >= sigs + context->rules.size()) {
      return false;
    }
    const ast::Rule& rule = *context->rules[event.index() - sigs].tree;
    return std::any_of(
        rule.groups.begin(), rule.groups.end(),
        [](const ast::StepGroup& group) {
          return std::any_of(
              group.steps.begin(), group.steps.end(),
              [](const ast::Step& step) { return AsksForAny(step.event); });
        });
  });
}

void AddEvent(const ast::Event& event, std::vector<vm::EventId>* out,
              Context* context) {
  switch (event.kind) {
    case ast::Event::Kind::Named: {
      const Entity* entity = context->Find(event.name, "event");
      if (entity == nullptr) {
        return;
      }
      if (!context->EventOf(*entity).valid()) {
        context->diags.Emit(event.span, diag::WrongKind, event.name.text,
                            EntityName(entity->kind), "sig, rule or block");
        return;
      }
      AddUnique(out, context->EventOf(*entity));
      return;
    }
    case ast::Event::Kind::Any: {
      // `any symptom`: an axis.
      const std::optional<vm::Axis> axis = AxisOf(event.name.text);
      const std::optional<vm::NodeId> node =
          axis.has_value() ? vm::NodeId() : FindNode(event.name, context);
      if (!node.has_value()) {
        return;
      }
      const auto under = [&](vm::NodeId at) {
        if (axis.has_value()) {
          return at.valid() && context->module.nodes[at.index()].axis == *axis;
        }
        while (at.valid() && at != *node) {
          at = context->module.nodes[at.index()].parent;
        }
        return at.valid();
      };
      std::vector<vm::EventId> found;
      const size_t count =
          context->module.signatures.size() + context->module.rules.size();
      for (size_t k = 0; k < count; ++k) {
        const vm::Verdict& verdict =
            context->MeaningOf(vm::EventId(k))->verdict;
        const auto looks_up = [&](const vm::VerdictLookup& lookup) {
          const auto row = [&](const auto& entry) {
            return under(entry.second);
          };
          return under(lookup.column.otherwise) ||
                 std::any_of(lookup.column.rows.begin(),
                             lookup.column.rows.end(), row);
        };
        const auto& lookups = context->MeaningOf(vm::EventId(k))->lookups;
        if (under(verdict.symptom) || under(verdict.cause) ||
            under(verdict.stage) || under(verdict.outcome) ||
            std::any_of(lookups.begin(), lookups.end(), looks_up)) {
          found.push_back(vm::EventId(k));
        }
      }
      if (context->in_step) {
        DropAskers(&found, context);
      }
      for (const vm::EventId one : found) {
        AddUnique(out, one);
      }
      return;
    }
    case ast::Event::Kind::Or:
      for (const ast::Event& alternative : event.alternatives) {
        AddEvent(alternative, out, context);
      }
      return;
    case ast::Event::Kind::Text:
      AddUnique(out, context->text_events.at({&event, context->scope}));
      return;
  }
}

vm::Role RoleOf(ast::Role role) {
  switch (role) {
    case ast::Role::Root:
      return vm::Role::Root;
    case ast::Role::Cascade:
      return vm::Role::Cascade;
    case ast::Role::Confirm:
      return vm::Role::Confirm;
    case ast::Role::Context:
      return vm::Role::Context;
  }
  return vm::Role::Root;
}

// Copies of an event are one finding; it cannot be its own fallout.
void RefuseItself(const std::vector<ast::Event>& events,
                  const hir::Meaning& meaning, Context* context) {
  for (const ast::Event& event : events) {
    const Entity* entity = event.kind == ast::Event::Kind::Named
                               ? context->Lookup(event.name.text)
                               : nullptr;
    const bool is_event =
        entity != nullptr && (entity->kind == EntityKind::Signature ||
                              entity->kind == EntityKind::Rule);
    if (is_event && context->MeaningOf(context->EventOf(*entity)) == &meaning) {
      context->diags.Emit(event.span, diag::Cycle, meaning.name, "`explains`");
    }
    RefuseItself(event.alternatives, meaning, context);
  }
}

class SignatureCheck {
 public:
  SignatureCheck(size_t index, Context* context)
      : tree_(*context->signatures[index].tree),
        index_(index),
        context_(*context) {
    context->scope = context->signatures[index].scope;
  }

  void Head() {
    hir::Signature& out = Out();
    CheckVerdict(tree_.verdicts, &out.meaning, &context_);
    out.pattern = CheckPattern(tree_.pattern, PatternPlace::Message,
                               &out.captures, &context_);
    MarkMaybeAbsent(out.pattern, &out.captures);
    CheckReach(out.pattern, false, &context_);
    for (size_t k = 0; k < out.captures.size(); ++k) {
      const hir::Capture& capture = out.captures[k];
      out.slots.push_back({capture.name, capture.type, capture.maybe_absent,
                           Narrow<uint32_t>(k), vm::FieldId()});
    }
    for (const ast::Name& name : tree_.in) {
      In(name);
    }
    if (!context_.module.sources.empty()) {
      out.first_source = vm::SourceId(0);
    }
  }

  void Body() {
    hir::Signature& out = Out();
    CheckCommon(tree_.clauses, &out.meaning, &context_);
    Lookups();
    OneOf once(&context_.diags);
    bool hit = false;
    for (const ast::Clause& clause : tree_.clauses) {
      using K = ast::Clause::Kind;
      if (clause.kind == K::Where && once.First(clause, "where")) {
        out.where = Condition(*clause.expr);
      } else if (clause.kind == K::Hit || clause.kind == K::Miss) {
        hit = hit || clause.kind == K::Hit;
        hir::Example example;
        example.text = context_.Filled(clause.text->value);
        example.hit = clause.kind == K::Hit;
        example.span = clause.text->span;
        if (clause.expr.has_value()) {
          // An absent value fails the example, as it should.
          example.gives = Condition(*clause.expr, true);
        }
        out.examples.push_back(std::move(example));
      } else if (clause.kind == K::GroupBy) {
        for (const ast::FieldRef& field : clause.fields) {
          const auto slot = SlotNamed(&out, field.name.text, &context_);
          if (slot.has_value()) {
            out.meaning.group_by.push_back({std::nullopt, field.name.text});
            WarnOfVolatileGroup(field.name, field.name.text,
                                out.slots[*slot].type, &context_);
          } else {
            context_.diags.Emit(
                field.name.span, diag::UnknownName, "capture", field.name.text,
                DidYouMean(field.name.text, SlotNames(out, context_)));
          }
        }
      } else if (clause.kind == K::Note || clause.kind == K::See) {
        (clause.kind == K::Note ? out.meaning.note : out.meaning.see) =
            SplitText(
                *clause.text,
                [&](std::string_view name) -> std::optional<NoteValue> {
                  const auto slot = SlotNamed(&out, name, &context_);
                  return slot.has_value() ? std::optional(NoteValue{0, *slot})
                                          : std::nullopt;
                },
                &context_);
      }
    }
    const bool is_text = tree_.name.text.starts_with('"');
    if (!hit && !is_text) {
      context_.diags.Emit(tree_.name.span, diag::NoHit, tree_.name.text)
          .Help("add a line that it must match: hit \"...\"");
    }
  }

 private:
  hir::Signature& Out() { return context_.module.signatures[index_]; }

  // By which value each `table[x].column` of the verdict is looked up.
  void Lookups() {
    size_t at = 0;
    std::vector<vm::VerdictLookup>& lookups = Out().meaning.lookups;
    for (const ast::Verdict& verdict : tree_.verdicts) {
      if (verdict.index.empty() || at == lookups.size()) {
        continue;
      }
      const std::string name = LookupName(verdict.index[0], &context_);
      if (!name.empty() && !SlotNamed(&Out(), name, &context_).has_value()) {
        context_.diags.Emit(verdict.index[0].span, diag::UnknownName, "capture",
                            name, DidYouMean(name, SlotNames(Out(), context_)));
      }
      lookups[at++].name = name;
    }
  }

  void In(const ast::Name& name) {
    const Entity* entity = context_.Find(name, "block or source");
    if (entity == nullptr) {
      return;
    }
    if (entity->kind == EntityKind::Block) {
      Out().in_blocks.emplace_back(entity->index);
    } else if (entity->kind == EntityKind::Source) {
      Out().in_sources.emplace_back(entity->index);
    } else {
      context_.diags.Emit(name.span, diag::WrongKind, name.text,
                          EntityName(entity->kind), "block or source");
    }
  }

  // `may_miss`: values that may be absent are no mistake.
  std::optional<hir::Expr> Condition(const ast::Expr& expr,
                                     bool may_miss = false) {
    const ResolveOperand resolve =
        [&](const ast::Ref& ref) -> std::optional<Operand> {
      if (ref.steps.size() > 1) {
        context_.diags.Emit(ref.span, diag::UnknownName, "capture",
                            RefText(ref), "");
        return std::nullopt;
      }
      const std::string& name = ref.steps[0].name;
      hir::Signature& out = Out();
      const std::optional<uint32_t> slot = SlotNamed(&out, name, &context_);
      if (!slot.has_value()) {
        if (const Constant* constant = context_.Parameter(name)) {
          return Operand{0, constant->type, false, {}, 0, constant};
        }
        context_.diags.Emit(ref.span, diag::UnknownName, "capture", name,
                            DidYouMean(name, SlotNames(out, context_)));
        return std::nullopt;
      }
      Operand operand{*slot,
                      out.slots[*slot].type,
                      !may_miss && out.slots[*slot].maybe_absent,
                      {}};
      operand.is_capture = out.slots[*slot].capture.has_value();
      operand.surely_there =
          operand.is_capture && !out.slots[*slot].maybe_absent;
      if (operand.is_capture) {
        operand.options = out.captures[*out.slots[*slot].capture].options;
      }
      return operand;
    };
    const AddDerived add =
        [&](const hir::Expr&, vm::Type type,
            hir::Derived derived) -> std::optional<uint32_t> {
      if (derived.kind != vm::Derived::Kind::Matches) {
        context_.diags
            .Emit(derived.span, diag::Misplaced,
                  "a signature has no past: events have")
            .Help("ask in a step of a rule: `when x: this_sig where ...`");
        return std::nullopt;
      }
      std::vector<hir::Slot>& slots = Out().slots;
      slots.push_back({"", type, false, std::nullopt, {}, std::move(derived)});
      return Narrow<uint32_t>(slots.size() - 1);
    };
    return CheckCondition(expr, resolve, add, &context_);
  }

  const ast::Sig& tree_;
  size_t index_;
  Context& context_;
};

}  // namespace

std::string LookupName(const ast::Expr& index, Context* context) {
  if (index.kind == ast::Expr::Kind::Ref && index.ref.steps.size() <= 2 &&
      index.ref.steps.back().index.empty()) {
    return RefText(index.ref);
  }
  context->diags.Emit(index.span, diag::TypeMismatch,
                      "a verdict is looked up by a captured value");
  return "";
}

uint32_t FieldSlot(hir::Signature* signature, vm::FieldId field,
                   Context* context) {
  for (size_t k = 0; k < signature->slots.size(); ++k) {
    if (signature->slots[k].field == field) {
      return Narrow<uint32_t>(k);
    }
  }
  const hir::Field& declared = context->module.fields[field.index()];
  // A header may lack the field, but an author who names it expects it; the
  // condition is then false.
  signature->slots.push_back(
      {declared.name, declared.type, false, std::nullopt, field});
  return Narrow<uint32_t>(signature->slots.size() - 1);
}

std::optional<uint32_t> SlotNamed(hir::Signature* signature,
                                  std::string_view name, Context* context) {
  for (size_t k = 0; k < signature->slots.size(); ++k) {
    if (signature->slots[k].name == name) {
      return Narrow<uint32_t>(k);
    }
  }
  const auto field = context->fields.find(name);
  return field == context->fields.end()
             ? std::nullopt
             : std::optional(FieldSlot(signature, field->second, context));
}

std::vector<vm::EventId> CheckEvents(std::span<const ast::Event> events,
                                     Context* context) {
  std::vector<vm::EventId> out;
  for (const ast::Event& event : events) {
    AddEvent(event, &out, context);
  }
  std::sort(out.begin(), out.end());
  return out;
}

vm::Reach CheckSpan(const ast::TimeSpan& span, Context* context) {
  switch (span.kind) {
    case ast::TimeSpan::Kind::Run:
      return {vm::Reach::Kind::Run, 0};
    case ast::TimeSpan::Kind::Stream:
      return {vm::Reach::Kind::Stream, 0};
    case ast::TimeSpan::Kind::Duration:
      return {vm::Reach::Kind::Duration, DurationOf(span.amount)};
    case ast::TimeSpan::Kind::Lines:
      return {
          vm::Reach::Kind::Lines,
          CountOf(span.amount, kMostLines, "a number of lines", context->diags)
              .value_or(1)};
    case ast::TimeSpan::Kind::Param: {
      const Constant* value = context->Parameter(span.param.text);
      if (value == nullptr) {
        context->diags
            .Emit(span.span, diag::UnknownName, "param", span.param.text, "")
            .Help("a span is `run`, `stream`, `10m`, `200 lines` or a param");
      } else if (value->type != vm::Type::Duration || value->is_set) {
        context->diags.Emit(
            span.span, diag::TypeMismatch,
            fmt::format("`{}` is of type `{}`, not a duration", span.param.text,
                        vm::TypeName(value->type)));
      } else {
        return {vm::Reach::Kind::Duration, value->values[0].integer};
      }
      return {};
    }
  }
  return {};
}

void CheckCommon(const std::vector<ast::Clause>& clauses, hir::Meaning* meaning,
                 Context* context) {
  OneOf once(&context->diags);
  for (const ast::Clause& clause : clauses) {
    using K = ast::Clause::Kind;
    switch (clause.kind) {
      case K::Role:
        if (once.First(clause, "role")) {
          meaning->role = RoleOf(clause.role);
        }
        break;
      case K::See:
        once.First(clause, "see");
        break;
      case K::Note:
        once.First(clause, "note");
        break;
      case K::Over:
        for (const ast::Name& name : clause.names) {
          const Entity* entity = context->Find(name, "sig");
          if (entity == nullptr) {
            continue;
          }
          if (entity->kind != EntityKind::Signature &&
              entity->kind != EntityKind::Rule) {
            context->diags.Emit(name.span, diag::WrongKind, name.text,
                                EntityName(entity->kind), "sig or rule");
            continue;
          }
          AddUnique(&meaning->over, context->EventOf(*entity));
        }
        std::sort(meaning->over.begin(), meaning->over.end());
        break;
      case K::Explains: {
        hir::Explains explains;
        explains.events = CheckEvents(clause.events, context);
        RefuseItself(clause.events, *meaning, context);
        if (clause.back.has_value()) {
          explains.back = CheckSpan(*clause.back, context);
        }
        explains.for_ = clause.for_span.has_value()
                            ? CheckSpan(*clause.for_span, context)
                            : vm::Reach{vm::Reach::Kind::Run, 0};
        meaning->explains.push_back(std::move(explains));
        break;
      }
      case K::Clears: {
        hir::Explains clears;
        clears.events = CheckEvents(clause.events, context);
        if (clause.back.has_value()) {
          clears.back = CheckSpan(*clause.back, context);
        }
        meaning->clears.push_back(std::move(clears));
        break;
      }
      default:
        break;  // of signatures or rules, or refused already
    }
  }
  const bool silent =
      meaning->role == vm::Role::Confirm || meaning->role == vm::Role::Context;
  if (silent && !meaning->explains.empty() &&
      !meaning->verdict.outcome.valid()) {
    context->diags
        .Emit(meaning->span, diag::ContextExplains,
              meaning->role == vm::Role::Confirm ? "confirm" : "context")
        .Help("give it another role, or an outcome");
  }
}

namespace {

// `{xids[x.code].act}`
std::optional<NoteValue> NoteLookup(const std::string& text, Span span,
                                    const ResolveNote& resolve,
                                    Context* context) {
  const size_t open = text.find('[');
  const size_t close = text.find("].", open);
  if (close == std::string::npos) {
    return std::nullopt;
  }
  std::optional<NoteValue> value =
      resolve(text.substr(open + 1, close - open - 1));
  const auto column = FindColumn({text.substr(0, open), span},
                                 {text.substr(close + 2), span}, context);
  if (value.has_value() && column.has_value()) {
    value->column = TextsOf(*column, *context);
  }
  return value;
}

}  // namespace

std::vector<hir::TextPart> SplitText(const ast::String& note,
                                     const ResolveNote& resolve,
                                     Context* context) {
  std::vector<hir::TextPart> parts;
  std::string literal;
  const std::string text = context->Filled(note.value);
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const bool twice = at + 1 < text.size() && text[at + 1] == c;
    if ((c == '{' || c == '}') && twice) {
      literal.push_back(c);
      ++at;
      continue;
    }
    if (c != '{') {
      literal.push_back(c);
      continue;
    }
    const size_t end = text.find('}', at);
    if (end == std::string::npos) {
      context->diags.Emit(note.span, diag::UnknownName, "value", "{",
                          " in this text: write `{{` for a brace");
      return parts;
    }
    const std::string name = text.substr(at + 1, end - at - 1);
    const std::optional<NoteValue> value =
        name.find('[') == std::string::npos
            ? resolve(name)
            : NoteLookup(name, note.span, resolve, context);
    const Constant* constant = context->Parameter(name);
    if (!value.has_value() && constant != nullptr && !constant->is_set) {
      literal += constant->values[0].text;
      at = end;
      continue;
    }
    if (!value.has_value()) {
      context->diags.Emit(note.span, diag::UnknownName, "value", name,
                          " in this text");
      return parts;
    }
    if (!literal.empty()) {
      parts.push_back({std::move(literal), -1, 0, std::nullopt});
      literal.clear();
    }
    parts.push_back({"", value->step, value->slot, value->column});
    at = end;
  }
  if (!literal.empty()) {
    parts.push_back({std::move(literal), -1, 0, std::nullopt});
  }
  return parts;
}

void CheckSignatureHeads(Context* context) {
  for (size_t k = 0; k < context->signatures.size(); ++k) {
    SignatureCheck(k, context).Head();
  }
}

void CheckSignatures(Context* context) {
  for (size_t k = 0; k < context->signatures.size(); ++k) {
    SignatureCheck(k, context).Body();
  }
}

}  // namespace telltale::check
