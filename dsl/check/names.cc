#include <algorithm>

#include <fmt/format.h>

#include "dsl/check/context.h"
#include "dsl/diag/suggest.h"
#include "runtime/base/narrow.h"

namespace telltale::check {

namespace {

constexpr std::string_view kRecord = "record";

}  // namespace

std::string_view EntityName(EntityKind kind) {
  switch (kind) {
    case EntityKind::Signature:
      return "sig";
    case EntityKind::Rule:
      return "rule";
    case EntityKind::Block:
      return "block";
    case EntityKind::Source:
      return "source";
    case EntityKind::Let:
      return "let";
    case EntityKind::Param:
      return "param";
  }
  return "sig";
}

std::string DidYouMean(std::string_view word,
                       const std::vector<std::string>& candidates) {
  const auto closest = Closest(word, candidates);
  return closest.has_value() ? fmt::format("; did you mean `{}`?", *closest)
                             : std::string();
}

const Entity* Context::Find(const ast::Name& name, std::string_view what) {
  if (name.text == kRecord) {
    NotSupported(name.span, kRecord);
    return nullptr;
  }
  const auto found = names.find(name.text);
  if (found != names.end()) {
    return &found->second;
  }
  std::vector<std::string> candidates;
  for (const auto& [known, entity] : names) {
    candidates.push_back(known);
  }
  auto report = diags.Emit(name.span, diag::UnknownName, what, name.text,
                           DidYouMean(name.text, candidates));
  if (const auto closest = Closest(name.text, candidates)) {
    report.Fix(name.span, *closest);
  }
  return nullptr;
}

void Context::Define(const ast::Name& name, EntityKind kind, size_t index) {
  const Entity entity{kind, Narrow<uint32_t>(index), name.span};
  const auto [at, fresh] = names.emplace(name.text, entity);
  if (!fresh || name.text == kRecord) {
    diags.Emit(name.span, diag::Duplicate, name.text)
        .Label(fresh ? name.span : at->second.span,
               fresh ? "this name stands for any record" : "first here");
  }
}

void Context::NotSupported(Span span, std::string_view construct) {
  diags.Emit(span, diag::NotSupported, construct)
      .Help("it is part of the language, but not of this version");
}

vm::EventId Context::EventOf(const Entity& entity) const {
  const size_t sigs = module.signatures.size();
  switch (entity.kind) {
    case EntityKind::Signature:
      return vm::EventId(entity.index);
    case EntityKind::Rule:
      return vm::EventId(sigs + entity.index);
    case EntityKind::Block:
      return vm::EventId(sigs + module.rules.size() + entity.index);
    case EntityKind::Source:
    case EntityKind::Let:
    case EntityKind::Param:
      return {};
  }
  return {};
}

const Constant* Context::Parameter(std::string_view name) const {
  const auto found = names.find(name);
  return found != names.end() && found->second.kind == EntityKind::Param &&
                 found->second.index < constants.size()
             ? &constants[found->second.index]
             : nullptr;
}

const hir::Meaning* Context::MeaningOf(vm::EventId event) const {
  const size_t sigs = module.signatures.size();
  if (event.index() < sigs) {
    return &module.signatures[event.index()].meaning;
  }
  const size_t rule = event.index() - sigs;
  return rule < module.rules.size() ? &module.rules[rule].meaning : nullptr;
}

namespace {

void AddSignature(const ast::Sig* sig, Context* context) {
  context->signatures.push_back(sig);
  hir::Signature out;
  out.meaning.name = sig->name.text;
  out.meaning.span = sig->name.span;
  context->module.signatures.push_back(std::move(out));
}

void CollectTexts(const ast::Event& event, Context* context) {
  for (const ast::Event& alternative : event.alternatives) {
    CollectTexts(alternative, context);
  }
  if (event.kind != ast::Event::Kind::Text) {
    return;
  }
  ast::Sig sig;
  sig.name.text = "\"";
  for (const ast::Piece& piece : event.text[0].pieces) {
    sig.name.text +=
        piece.kind == ast::Piece::Kind::Literal ? piece.text : "{...}";
  }
  sig.name.text += "\"";
  sig.name.span = event.span;
  sig.pattern = event.text[0];
  context->text_events[&event] = vm::EventId(context->signatures.size());
  context->text_signatures.push_back(std::move(sig));
  AddSignature(&context->text_signatures.back(), context);
}

void CollectTexts(const std::vector<ast::Clause>& clauses, Context* context) {
  for (const ast::Clause& clause : clauses) {
    for (const ast::Event& event : clause.events) {
      CollectTexts(event, context);
    }
  }
}

}  // namespace

void CollectNames(const ast::File& file, Context* context) {
  for (const ast::Item& item : file.items) {
    if (const auto* source = std::get_if<ast::Source>(&item.node)) {
      context->Define(source->name, EntityKind::Source,
                      context->sources.size());
      context->sources.push_back(source);
      hir::Source out;
      out.name = source->name.text;
      out.span = source->name.span;
      context->module.sources.push_back(std::move(out));
    } else if (const auto* block = std::get_if<ast::Block>(&item.node)) {
      context->Define(block->name, EntityKind::Block, context->blocks.size());
      context->blocks.push_back(block);
      hir::Block out;
      out.name = block->name.text;
      out.span = block->name.span;
      context->module.blocks.push_back(std::move(out));
    } else if (const auto* sig = std::get_if<ast::Sig>(&item.node)) {
      context->Define(sig->name, EntityKind::Signature,
                      context->signatures.size());
      AddSignature(sig, context);
      CollectTexts(sig->clauses, context);
    } else if (const auto* rule = std::get_if<ast::Rule>(&item.node)) {
      context->Define(rule->name, EntityKind::Rule, context->rules.size());
      context->rules.push_back(rule);
      hir::Rule out;
      out.meaning.name = rule->name.text;
      out.meaning.span = rule->name.span;
      context->module.rules.push_back(std::move(out));
      CollectTexts(rule->clauses, context);
      for (const ast::StepGroup& group : rule->groups) {
        for (const ast::Step& step : group.steps) {
          CollectTexts(step.event, context);
        }
      }
    } else if (const auto* let = std::get_if<ast::Let>(&item.node)) {
      context->Define(let->name, EntityKind::Let, context->lets.size());
      context->lets.push_back(let);
    } else if (const auto* param = std::get_if<ast::Param>(&item.node)) {
      if (param->name.text == "run" || param->name.text == "stream") {
        // As a span these words mean the attempt and the stream.
        context->diags.Emit(param->name.span, diag::UnknownName, "param",
                            param->name.text, ": this name is taken");
        continue;
      }
      context->Define(param->name, EntityKind::Param, context->params.size());
      context->params.push_back(param);
    } else if (const auto* stage = std::get_if<ast::Stage>(&item.node)) {
      context->stages.push_back(stage);
      CollectTexts(stage->from, context);
      CollectTexts(stage->to, context);
    }
  }
}

std::optional<uint32_t> CountOf(const ast::Literal& literal, uint32_t most,
                                std::string_view what, DiagSink& diags) {
  const vm::Value value = vm::ParseValue(vm::Type::Int, literal.text);
  if (value.i < 1 || value.i > int64_t{most}) {
    diags.Emit(literal.span, diag::OutOfRange, what, literal.text)
        .Help(fmt::format("1 to {} are possible", most));
    return std::nullopt;
  }
  return static_cast<uint32_t>(value.i);
}

int64_t DurationOf(const ast::Literal& literal) {
  return vm::ParseValue(vm::Type::Duration, literal.text).i;
}

int64_t BytesOf(const ast::Literal& literal) {
  return vm::ParseValue(vm::Type::Bytes, literal.text).i;
}

}  // namespace telltale::check
