#include <algorithm>

#include "dsl/check/patterns.h"
#include "runtime/base/narrow.h"

namespace telltale::check {

namespace {

constexpr std::string_view kMessage = "msg";
constexpr uint32_t kMostKeys = 1'000'000;
constexpr uint32_t kMostBlockLines = 100'000;

vm::FieldId FieldOf(const hir::Capture& capture, Context* context) {
  const auto found = context->fields.find(capture.name);
  if (found == context->fields.end()) {
    hir::Field field;
    field.name = capture.name;
    field.type = capture.type;
    field.span = capture.span;
    context->module.fields.push_back(std::move(field));
    const vm::FieldId id(context->module.fields.size() - 1);
    context->fields.emplace(capture.name, id);
    return id;
  }
  hir::Field& field = context->module.fields[found->second.index()];
  const bool texts = vm::RepOf(field.type) == vm::Rep::Text &&
                     vm::RepOf(capture.type) == vm::Rep::Text;
  // A stamp may be written as a regular expression; it is read as time.
  const bool stamp =
      field.type == vm::Type::Time || capture.type == vm::Type::Time;
  if (field.only_json) {
    field.type = capture.type;
    field.only_json = false;
  }
  if (field.type == capture.type) {
    return found->second;
  }
  if (stamp && (vm::RepOf(field.type) == vm::Rep::Text ||
                vm::RepOf(capture.type) == vm::Rep::Text)) {
    field.type = vm::Type::Time;
  } else if (texts) {
    field.type = vm::Type::Text;
  } else {
    context->diags
        .Emit(capture.span, diag::CaptureTypes, capture.name,
              vm::TypeName(capture.type), vm::TypeName(field.type))
        .Label(field.span, "first here")
        .Help("a header field has one type in all sources");
  }
  return found->second;
}

class SourceCheck {
 public:
  SourceCheck(size_t index, Context* context)
      : index_(index), context_(*context) {}

  void Run() {
    std::vector<size_t> open;
    Take(index_, &open);
    hir::Source& source = Source();
    for (const vm::FieldId key : source.keys) {
      context_.module.fields[key.index()].is_key = true;
    }
  }

 private:
  hir::Source& Source() { return context_.module.sources[index_]; }

  // Adds the clauses of source `from`; `open`: the sources being taken over.
  void Take(size_t from, std::vector<size_t>* open) {
    const ast::Source& tree = *context_.sources[from].tree;
    if (std::find(open->begin(), open->end(), from) != open->end()) {
      context_.diags.Emit(tree.name.span, diag::Cycle, tree.name.text,
                          "`like`");
      return;
    }
    open->push_back(from);
    const Scope* before = context_.scope;
    context_.scope = context_.sources[from].scope;
    const ast::SourceClause* clock = nullptr;
    for (const ast::SourceClause& clause : tree.clauses) {
      if (clause.kind == ast::SourceClause::Kind::Clock) {
        if (clock != nullptr && from == index_) {
          context_.diags.Emit(clause.span, diag::Duplicate, "clock")
              .Label(clock->span, "first here");
        }
        clock = &clause;
      }
      Clause(clause, from, open);
    }
    context_.scope = before;
    open->pop_back();
  }

  void Clause(const ast::SourceClause& clause, size_t from,
              std::vector<size_t>* open) {
    using K = ast::SourceClause::Kind;
    hir::Source& source = Source();
    switch (clause.kind) {
      case K::Files:
        // What a source is like does not say which files it reads.
        for (const ast::Pattern& text : clause.patterns) {
          if (from == index_) {
            source.files.push_back(Glob(text));
          }
        }
        return;
      case K::Like:
        for (const ast::Name& name : clause.names) {
          const Entity* entity = context_.Find(name, "source");
          if (entity == nullptr) {
            continue;
          }
          if (entity->kind != EntityKind::Source) {
            context_.diags.Emit(name.span, diag::WrongKind, name.text,
                                EntityName(entity->kind), "source");
            continue;
          }
          Take(entity->index, open);
        }
        return;
      case K::Prefix:
        source.prefixes.push_back(
            Header(clause.patterns[0], PatternPlace::Prefix));
        return;
      case K::Line:
        source.lines.push_back(Header(clause.patterns[0], PatternPlace::Line));
        return;
      case K::Run:
        source.runs.push_back(Plain(clause.patterns[0]));
        return;
      case K::Drop:
        source.drops.push_back(Plain(clause.patterns[0]));
        return;
      case K::Key:
        AddKeys(clause);
        return;
      case K::Clock:
        if (const auto field = KnownField(*clause.clock)) {
          source.clock = *field;
          context_.module.fields[field->index()].type = vm::Type::Time;
          context_.module.fields[field->index()].only_json = false;
          source.skew = clause.skew.has_value() ? DurationOf(*clause.skew) : 0;
        }
        return;
      case K::Json:
        Json(clause);
        return;
    }
  }

  void Json(const ast::SourceClause& clause) {
    bool message = false;
    for (const ast::JsonField& field : clause.json) {
      vm::JsonField out;
      message = message || field.name.text == kMessage;
      const std::string& path = field.path.value;
      size_t at = 0;
      while (at <= path.size()) {
        const size_t dot = std::min(path.find('.', at), path.size());
        out.path.push_back(path.substr(at, dot - at));
        at = dot + 1;
      }
      if (std::any_of(out.path.begin(), out.path.end(),
                      [](const std::string& part) { return part.empty(); })) {
        context_.diags.Emit(field.path.span, diag::OutOfRange, "a path", path)
            .Help("a path names members from the outside in: \"a.b\"");
        continue;
      }
      if (field.name.text != kMessage) {
        hir::Capture capture;
        capture.name = field.name.text;
        capture.span = field.name.span;
        // A pattern, before or after, may make it a number or a time.
        const auto known = context_.fields.find(capture.name);
        if (known != context_.fields.end()) {
          out.field = known->second;
        } else {
          out.field = FieldOf(capture, &context_);
          context_.module.fields[out.field.index()].only_json = true;
        }
      }
      Source().json.push_back(std::move(out));
    }
    if (!message) {
      context_.diags
          .Emit(clause.span, diag::MissingClause, "json of source",
                Source().name, "msg")
          .Help("say which member is the message: json msg \"message\"");
    }
  }

  hir::FileGlob Glob(const ast::Pattern& text) {
    hir::FileGlob glob;
    glob.pattern = CheckGlob(text, &glob.captures, &glob.glob, &context_);
    for (const hir::Capture& capture : glob.captures) {
      glob.fields.push_back(FieldOf(capture, &context_));
    }
    return glob;
  }

  hir::HeaderPattern Header(const ast::Pattern& pattern, PatternPlace place) {
    hir::HeaderPattern header;
    header.pattern = CheckPattern(pattern, place, &header.captures, &context_);
    for (size_t k = 0; k < header.captures.size(); ++k) {
      if (header.captures[k].name == kMessage) {
        header.message = Narrow<uint32_t>(k);
        header.fields.emplace_back();
        if (place == PatternPlace::Prefix) {
          context_.diags
              .Emit(header.captures[k].span, diag::UnknownName, "field",
                    kMessage, " in a prefix")
              .Help("a prefix is cut off; what is left is the message");
        }
      } else {
        header.fields.push_back(FieldOf(header.captures[k], &context_));
      }
    }
    if (place == PatternPlace::Line && !header.message.has_value()) {
      context_.diags
          .Emit(pattern.span, diag::MissingClause, "line of source",
                Source().name, "{msg}")
          .Help("say where the message begins");
    }
    return header;
  }

  hir::Pattern Plain(const ast::Pattern& pattern) {
    std::vector<hir::Capture> captures;
    hir::Pattern out =
        CheckPattern(pattern, PatternPlace::Message, &captures, &context_);
    CheckReach(out, false, &context_);
    context_.unread.insert(context_.unread.end(), captures.begin(),
                           captures.end());
    return out;
  }

  std::optional<vm::FieldId> KnownField(const ast::Name& name) {
    const auto found = context_.fields.find(name.text);
    if (found != context_.fields.end()) {
      return found->second;
    }
    std::vector<std::string> candidates;
    for (const auto& [known, id] : context_.fields) {
      candidates.push_back(known);
    }
    context_.diags.Emit(name.span, diag::UnknownName, "header field", name.text,
                        DidYouMean(name.text, candidates));
    return std::nullopt;
  }

  void AddKeys(const ast::SourceClause& clause) {
    for (const ast::Key& key : clause.keys) {
      const std::optional<vm::FieldId> field = KnownField(key.name);
      if (!field.has_value()) {
        continue;
      }
      std::vector<vm::FieldId>& keys = Source().keys;
      if (std::find(keys.begin(), keys.end(), *field) == keys.end()) {
        keys.push_back(*field);
      }
      if (key.up_to.has_value()) {
        const auto count =
            CountOf(*key.up_to, kMostKeys, "`up to`", context_.diags);
        context_.module.fields[field->index()].capacity = count.value_or(65536);
      }
    }
  }

  size_t index_;
  Context& context_;
};

}  // namespace

void CheckSources(Context* context) {
  for (size_t k = 0; k < context->sources.size(); ++k) {
    SourceCheck(k, context).Run();
  }
}

void CheckBlocks(Context* context) {
  for (size_t k = 0; k < context->blocks.size(); ++k) {
    const ast::Block& tree = *context->blocks[k].tree;
    context->scope = context->blocks[k].scope;
    hir::Block& block = context->module.blocks[k];
    bool open = false;
    const ast::BlockClause* max = nullptr;
    for (const ast::BlockClause& clause : tree.clauses) {
      using K = ast::BlockClause::Kind;
      if (clause.kind == K::Max) {
        if (max != nullptr) {
          context->diags.Emit(clause.span, diag::Duplicate, "max")
              .Label(max->span, "first here");
        }
        max = &clause;
        block.max_lines =
            CountOf(*clause.max, kMostBlockLines, "`max`", context->diags)
                .value_or(block.max_lines);
        continue;
      }
      if (clause.kind == K::Quiet) {
        block.quiet = true;
        continue;
      }
      std::vector<hir::Capture> ignored;
      hir::Pattern pattern = CheckPattern(
          clause.patterns[0], PatternPlace::Message,
          clause.kind == K::Open || clause.kind == K::Close ? &block.captures
                                                            : &ignored,
          context);
      CheckReach(pattern, false, context);
      context->unread.insert(context->unread.end(), ignored.begin(),
                             ignored.end());
      if (clause.kind == K::Open) {
        if (open) {
          context->diags.Emit(clause.span, diag::Duplicate, "open")
              .Help("join the patterns with `|`");
        }
        open = true;
        block.open = std::move(pattern);
      } else if (clause.kind == K::Body) {
        block.bodies.push_back(std::move(pattern));
      } else if (clause.kind == K::Chain) {
        block.chains.push_back(std::move(pattern));
      } else {
        block.closes.push_back(std::move(pattern));
      }
    }
    if (!open) {
      context->diags.Emit(tree.name.span, diag::MissingClause, "block",
                          tree.name.text, "open");
    }
  }
}

}  // namespace telltale::check
