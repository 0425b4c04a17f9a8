#include <algorithm>
#include <set>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "dsl/check/context.h"
#include "dsl/diag/suggest.h"
#include "runtime/base/check.h"
#include "runtime/base/narrow.h"

namespace telltale::check {

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
    case EntityKind::Template:
      return "template";
    case EntityKind::Table:
      return "table";
  }
  return "sig";
}

std::string DidYouMean(std::string_view word,
                       const std::vector<std::string>& candidates) {
  const auto closest = Closest(word, candidates);
  return closest.has_value() ? fmt::format("; did you mean `{}`?", *closest)
                             : std::string();
}

const Entity* Context::Lookup(std::string_view name) const {
  const auto known = [&](const std::string& full) -> const Entity* {
    const auto found = names.find(full);
    if (found == names.end()) {
      return nullptr;
    }
    used.insert(&found->second);
    return &found->second;
  };
  const size_t dot = name.find('.');
  for (const Scope* at = scope; at != nullptr; at = at->outer) {
    if (const Entity* own = known(at->prefix + std::string(name))) {
      return own;
    }
    const auto alias = at->aliases.find(name.substr(0, dot));
    if (dot != std::string_view::npos && alias != at->aliases.end()) {
      if (const Entity* behind =
              known(alias->second + std::string(name.substr(dot + 1)))) {
        used_aliases.emplace(at, alias->first);
        return behind;
      }
    }
  }
  return known(std::string(name));
}

const Entity* Context::Find(const ast::Name& name, std::string_view what) {
  if (name.text == kRecord) {
    diags
        .Emit(name.span, diag::Misplaced,
              "`record` stands for any record, and only behind `no`")
        .Help("say what must not be: `no record for 10m -> b`");
    return nullptr;
  }
  if (const Entity* found = Lookup(name.text)) {
    return found;
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
  const auto [at, fresh] = names.emplace(scope->prefix + name.text, entity);
  if (!fresh || name.text == kRecord) {
    diags.Emit(name.span, diag::Duplicate, name.text)
        .Label(fresh ? name.span : at->second.span,
               fresh ? "this name stands for any record" : "first here");
  }
}

std::string Context::Filled(const std::string& text) const {
  std::string out;
  size_t at = 0;
  while (at < text.size()) {
    const size_t begin = text.find("{$", at);
    const size_t end =
        begin == std::string::npos ? begin : text.find('}', begin);
    if (end == std::string::npos) {
      break;
    }
    const std::string_view name =
        std::string_view(text).substr(begin + 2, end - begin - 2);
    const Constant* value = nullptr;
    for (const Scope* s = scope; s != nullptr && value == nullptr;
         s = s->outer) {
      const auto found = s->constants.find(name);
      value = found == s->constants.end() ? nullptr : &found->second;
    }
    out += text.substr(at, begin - at);
    out += value != nullptr && !value->values.empty()
               ? value->values[0].text
               : text.substr(begin, end + 1 - begin);
    at = end + 1;
  }
  return out + text.substr(at);
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
    case EntityKind::Template:
    case EntityKind::Table:
      return {};
  }
  return {};
}

const Constant* Context::Parameter(std::string_view name) const {
  for (const Scope* at = scope; at != nullptr; at = at->outer) {
    const auto argument = at->constants.find(name);
    if (argument != at->constants.end()) {
      return &argument->second;
    }
  }
  const Entity* entity = Lookup(name);
  return entity != nullptr && entity->kind == EntityKind::Param &&
                 entity->index < constants.size()
             ? &constants[entity->index]
             : nullptr;
}

bool Context::IsOwn(Span span) const {
  return std::any_of(own_files.begin(), own_files.end(),
                     [&](Span file) { return Cover(file, span) == file; });
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

constexpr size_t kMostInstances = 10'000;
constexpr std::ptrdiff_t kDeepestInstance = 16;

// Enters what items define, each under the prefix of its scope.
class Collector {
 public:
  explicit Collector(Context* context) : context_(*context) {}

  void Items(const std::vector<ast::Item>& items, const Scope* scope) {
    context_.scope = scope;
    for (const ast::Item& item : items) {
      std::visit([&](const auto& node) { Item(node); }, item.node);
    }
  }

 private:
  std::string FullName(const ast::Name& name) const {
    return context_.scope->prefix + name.text;
  }

  template <typename T>
  void Enter(const T& tree, EntityKind kind, std::vector<Written<T>>* trees) {
    context_.Define(tree.name, kind, trees->size());
    trees->push_back({&tree, context_.scope});
  }

  void Item(const ast::Taxonomy&) {}

  void Item(const ast::Test& test) {
    context_.tests.push_back({&test, context_.scope});
    for (const ast::TestLine& line : test.lines) {
      if (line.event.has_value()) {
        Texts(*line.event);
      }
    }
  }

  void Item(const ast::Table& table) {
    Enter(table, EntityKind::Table, &context_.table_trees);
  }

  void Item(const ast::Source& source) {
    Enter(source, EntityKind::Source, &context_.sources);
    hir::Source out;
    out.name = FullName(source.name);
    out.span = source.name.span;
    context_.module.sources.push_back(std::move(out));
  }

  void Item(const ast::Block& block) {
    Enter(block, EntityKind::Block, &context_.blocks);
    hir::Block out;
    out.name = FullName(block.name);
    out.span = block.name.span;
    context_.module.blocks.push_back(std::move(out));
  }

  void Item(const ast::Sig& sig) {
    context_.Define(sig.name, EntityKind::Signature,
                    context_.signatures.size());
    AddSignature(sig, FullName(sig.name));
    Texts(sig.clauses);
  }

  void Item(const ast::Rule& rule) {
    Enter(rule, EntityKind::Rule, &context_.rules);
    hir::Rule out;
    out.meaning.name = FullName(rule.name);
    out.meaning.span = rule.name.span;
    context_.module.rules.push_back(std::move(out));
    Texts(rule.clauses);
    for (const ast::StepGroup& group : rule.groups) {
      for (const ast::Step& step : group.steps) {
        Texts(step.event);
      }
    }
  }

  void Item(const ast::Let& let) {
    Enter(let, EntityKind::Let, &context_.lets);
  }

  void Item(const ast::Param& param) {
    if (param.name.text == "run" || param.name.text == "stream") {
      // As a span these words mean the attempt and the stream.
      context_.diags.Emit(param.name.span, diag::UnknownName, "param",
                          param.name.text, ": this name is taken");
      return;
    }
    Enter(param, EntityKind::Param, &context_.params);
  }

  void Item(const ast::Stage& stage) {
    context_.stages.push_back({&stage, context_.scope});
    Texts(stage.from);
    Texts(stage.to);
  }

  void Item(const ast::Template& tree) {
    Enter(tree, EntityKind::Template, &context_.templates);
  }

  void Item(const ast::Apply& apply) {
    context_.applies.push_back({&apply, context_.scope});
  }

  void AddSignature(const ast::Sig& sig, std::string name) {
    context_.signatures.push_back({&sig, context_.scope});
    hir::Signature out;
    out.meaning.name = std::move(name);
    out.meaning.span = sig.name.span;
    context_.module.signatures.push_back(std::move(out));
  }

  void Texts(const ast::Event& event) {
    for (const ast::Event& alternative : event.alternatives) {
      Texts(alternative);
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
    context_.text_events[{&event, context_.scope}] =
        vm::EventId(context_.signatures.size());
    context_.text_signatures.push_back(std::move(sig));
    AddSignature(context_.text_signatures.back(),
                 context_.text_signatures.back().name.text);
  }

  void Texts(const std::vector<ast::Clause>& clauses) {
    for (const ast::Clause& clause : clauses) {
      for (const ast::Event& event : clause.events) {
        Texts(event);
      }
    }
  }

  Context& context_;
};

bool IsAxis(const ast::Type& type) {
  return type.kind == ast::Type::Kind::Named &&
         (type.name == "symptom" || type.name == "cause" ||
          type.name == "stage" || type.name == "outcome");
}

// A file's names: as they are written if somebody uses it without a name (or it
// is given on the command line), else behind the first name it is used under.
std::vector<Scope*> FileScopes(std::span<const ast::File> files,
                               std::span<const std::vector<size_t>> uses,
                               Context* context) {
  std::vector<std::optional<std::string>> prefixes(files.size());
  std::vector<bool> plain(files.size(), false);
  for (size_t f = 0; f < files.size(); ++f) {
    for (size_t u = 0; u < uses[f].size(); ++u) {
      const size_t used = uses[f][u];
      if (used >= files.size()) {
        continue;
      }
      const std::optional<ast::Name>& as = files[f].uses[u].as;
      if (!as.has_value()) {
        plain[used] = true;
      } else if (!prefixes[used].has_value()) {
        prefixes[used] = as->text + ".";
      }
    }
  }
  std::vector<Scope*> scopes;
  for (size_t f = 0; f < files.size(); ++f) {
    Scope& scope = context->scopes.emplace_back();
    scope.prefix = plain[f] ? "" : prefixes[f].value_or("");
    scopes.push_back(&scope);
  }
  for (size_t f = 0; f < files.size(); ++f) {
    for (size_t u = 0; u < uses[f].size(); ++u) {
      const std::optional<ast::Name>& as = files[f].uses[u].as;
      if (uses[f][u] < files.size() && as.has_value()) {
        const bool fresh =
            scopes[f]
                ->aliases.emplace(as->text, scopes[uses[f][u]]->prefix)
                .second;
        if (!fresh) {
          context->diags.Emit(as->span, diag::Duplicate, as->text);
        }
      }
    }
  }
  return scopes;
}

// A file that only declares what others use is a library, whoever names it.
bool IsLibrary(const ast::File& file) {
  return std::none_of(file.items.begin(), file.items.end(),
                      [](const ast::Item& item) {
                        return std::holds_alternative<ast::Sig>(item.node) ||
                               std::holds_alternative<ast::Rule>(item.node) ||
                               std::holds_alternative<ast::Stage>(item.node) ||
                               std::holds_alternative<ast::Apply>(item.node) ||
                               std::holds_alternative<ast::Test>(item.node);
                      });
}

std::vector<Span> OwnFiles(std::span<const ast::File> files,
                           std::span<const std::vector<size_t>> uses) {
  std::set<size_t> used;
  for (const std::vector<size_t>& of_file : uses) {
    used.insert(of_file.begin(), of_file.end());
  }
  std::vector<Span> own;
  for (size_t f = 0; f < files.size(); ++f) {
    if (used.count(f) == 0 && !IsLibrary(files[f])) {
      own.push_back(
          Cover(files[f].items.front().span, files[f].items.back().span));
    }
  }
  return own;
}

// Values given from outside; the names that got one.
std::set<std::string> CollectSettings(std::span<const ast::Assignment> settings,
                                      Context* context) {
  static const Scope kGlobal;
  std::set<std::string> set;
  for (const ast::Assignment& given : settings) {
    std::vector<std::string> params;
    for (const auto& [name, entity] : context->names) {
      if (entity.kind == EntityKind::Param) {
        params.push_back(name);
      }
    }
    if (std::find(params.begin(), params.end(), given.name.text) ==
        params.end()) {
      context->diags.Emit(given.name.span, diag::UnknownName, "param",
                          given.name.text, DidYouMean(given.name.text, params));
    } else if (!set.insert(given.name.text).second) {
      context->diags.Emit(given.name.span, diag::Duplicate, given.name.text);
    } else {
      context->overrides.emplace(given.name.text,
                                 Written<ast::Expr>{&given.value, &kGlobal});
    }
  }
  return set;
}

// `use ... with`: values for the parameters of the file that is used.
// `set`: what wins over them.
void CollectOverrides(const ast::Use& use, const Scope& used, const Scope* user,
                      const std::set<std::string>& set, Context* context) {
  for (const ast::Assignment& given : use.with) {
    const std::string name = used.prefix + given.name.text;
    if (set.count(name) != 0) {
      continue;
    }
    const auto found = context->names.find(name);
    if (found == context->names.end() ||
        found->second.kind != EntityKind::Param) {
      context->diags.Emit(given.name.span, diag::UnknownName, "param",
                          given.name.text, " in the file that is used");
      continue;
    }
    const auto [at, fresh] = context->overrides.emplace(
        name, Written<ast::Expr>{&given.value, user});
    if (!fresh) {
      context->diags.Emit(given.name.span, diag::Duplicate, given.name.text)
          .Label(at->second->span, "first given here");
    }
  }
}

// Enters the items of a template under the name that it is applied as.
void Instantiate(Written<ast::Apply> apply, Collector* collector,
                 Context* context) {
  context->scope = apply.scope;
  const Entity* entity = context->Find(apply->name, "template");
  if (entity == nullptr) {
    return;
  }
  if (entity->kind != EntityKind::Template) {
    context->diags.Emit(apply->name.span, diag::WrongKind, apply->name.text,
                        EntityName(entity->kind), "template");
    return;
  }
  const Written<ast::Template> of = context->templates[entity->index];
  if (apply->args.size() != of->params.size()) {
    context->diags
        .Emit(apply->name.span, diag::TypeMismatch,
              fmt::format("`{}` takes {} arguments, not {}", apply->name.text,
                          of->params.size(), apply->args.size()))
        .Label(of->name.span, "declared here");
    return;
  }
  Scope& scope = context->scopes.emplace_back();
  scope.prefix = apply.scope->prefix + apply->as.text + ".";
  scope.outer = of.scope;
  for (size_t k = 0; k < of->params.size(); ++k) {
    const ast::Expr& value = apply->args[k];
    if (!IsAxis(of->params[k].type)) {
      continue;
    }
    ast::Name node;
    node.span = value.span;
    for (const ast::RefStep& step : value.ref.steps) {
      node.text += (node.text.empty() ? "" : ".") + step.name;
    }
    if (value.kind != ast::Expr::Kind::Ref) {
      context->diags.Emit(value.span, diag::TypeMismatch,
                          "this argument is a node of the taxonomy");
      return;
    }
    const auto passed_on = apply.scope->nodes.find(node.text);
    scope.nodes[of->params[k].name.text] =
        passed_on == apply.scope->nodes.end() ? node : passed_on->second;
  }
  context->instances.push_back({&scope, of, apply});
  collector->Items(of->items, &scope);
}

}  // namespace

void CollectNames(std::span<const ast::File> files,
                  std::span<const std::vector<size_t>> uses,
                  std::span<const ast::Assignment> settings, Context* context) {
  const std::vector<Scope*> scopes = FileScopes(files, uses, context);
  context->file_scopes.assign(scopes.begin(), scopes.end());
  context->own_files = OwnFiles(files, uses);
  Collector collector(context);
  for (size_t f = 0; f < files.size(); ++f) {
    collector.Items(files[f].items, scopes[f]);
  }
  const std::set<std::string> set = CollectSettings(settings, context);
  for (size_t f = 0; f < files.size(); ++f) {
    for (size_t u = 0; u < uses[f].size(); ++u) {
      if (uses[f][u] < files.size()) {
        CollectOverrides(files[f].uses[u], *scopes[uses[f][u]], scopes[f], set,
                         context);
      }
    }
  }
  // Templates may apply templates.
  for (size_t k = 0; k < context->applies.size(); ++k) {
    const Written<ast::Apply> apply = context->applies[k];
    const std::string& inside = apply.scope->prefix;
    if (context->instances.size() >= kMostInstances ||
        std::count(inside.begin(), inside.end(), '.') >= kDeepestInstance) {
      context->diags.Emit(apply->name.span, diag::Cycle, apply->name.text,
                          "`apply`");
      break;
    }
    Instantiate(apply, &collector, context);
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
