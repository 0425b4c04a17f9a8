// W707: what is declared and never asked for: `let`, `param`, `table` and its
// columns, `template`, header fields, files under a name. Only in files that no
// other file uses. The captures of a signature are in every report, so they are
// used; those of a pattern that gives no values are not. Also a capture that
// hides a header field.
#include <algorithm>

#include <fmt/format.h>

#include "dsl/check/context.h"

namespace telltale::check {

namespace {

class UnusedCheck {
 public:
  explicit UnusedCheck(Context* context) : context_(*context) {}

  void Run(std::span<const ast::File> files,
           std::span<const std::vector<size_t>> uses) {
    Names();
    Columns();
    Aliases(files, uses);
    for (const hir::Signature& signature : context_.module.signatures) {
      Shadows(signature);
    }
    Captures(context_.unread);
    Fields();
  }

 private:
  // ---- names

  void Names() {
    // What only an unused item uses is told when that one is gone.
    std::set<const Entity*> unused;
    bool template_unused = false;
    for (const auto& [name, entity] : context_.names) {
      const bool may_be = entity.kind == EntityKind::Let ||
                          entity.kind == EntityKind::Param ||
                          entity.kind == EntityKind::Table ||
                          entity.kind == EntityKind::Template;
      if (may_be && context_.used.count(&entity) == 0 &&
          context_.IsOwn(entity.span)) {
        unused.insert(&entity);
        template_unused |= entity.kind == EntityKind::Template;
      }
    }
    for (const Entity* entity : std::set(unused)) {
      if (entity->kind == EntityKind::Let) {
        context_.scope = context_.lets[entity->index].scope;
        UseLets(context_.lets[entity->index]->pattern);
      }
    }
    for (const auto& [name, entity] : context_.names) {
      if (unused.count(&entity) != 0 && context_.used.count(&entity) == 0 &&
          (!template_unused || entity.kind == EntityKind::Template)) {
        context_.diags
            .Emit(entity.span, diag::Unused,
                  fmt::format("{} `{}` is used nowhere",
                              EntityName(entity.kind), name))
            .Help(entity.kind == EntityKind::Template
                      ? "write `apply`, or take it out"
                      : "take it out");
      }
    }
  }

  void UseLets(const ast::Pattern& pattern) {
    const auto use = [&](const ast::Name& name) {
      if (const Entity* entity = context_.Lookup(name.text)) {
        context_.used.insert(entity);
      }
    };
    if (pattern.let.has_value()) {
      use(*pattern.let);
    }
    for (const ast::Piece& piece : pattern.pieces) {
      if (piece.kind == ast::Piece::Kind::Let) {
        use(*piece.name);
      }
    }
    for (const ast::Pattern& child : pattern.children) {
      UseLets(child);
    }
  }

  void Columns() {
    for (const auto& [name, entity] : context_.names) {
      if (entity.kind != EntityKind::Table || !context_.IsOwn(entity.span) ||
          context_.used.count(&entity) == 0) {
        continue;
      }
      const std::vector<ast::Field>& columns =
          context_.table_trees[entity.index]->columns;
      for (size_t k = 1; k < columns.size(); ++k) {
        if (context_.used_columns.count({entity.index, k}) == 0) {
          context_.diags
              .Emit(columns[k].name.span, diag::Unused,
                    fmt::format("column `{}` of table `{}` is used nowhere",
                                columns[k].name.text, name))
              .Help("take it out, and its cells");
        }
      }
    }
  }

  // A file with signatures does something under any name.
  static bool OnlyDeclares(const ast::File& file) {
    return file.uses.empty() &&
           std::all_of(
               file.items.begin(), file.items.end(), [](const ast::Item& item) {
                 return std::holds_alternative<ast::Let>(item.node) ||
                        std::holds_alternative<ast::Param>(item.node) ||
                        std::holds_alternative<ast::Table>(item.node) ||
                        std::holds_alternative<ast::Template>(item.node);
               });
  }

  void Aliases(std::span<const ast::File> files,
               std::span<const std::vector<size_t>> uses) {
    for (size_t f = 0; f < files.size(); ++f) {
      for (size_t u = 0; u < uses[f].size(); ++u) {
        const ast::Use& use = files[f].uses[u];
        const bool own =
            !files[f].items.empty() && context_.IsOwn(files[f].items[0].span);
        if (own && use.as.has_value() && uses[f][u] < files.size() &&
            OnlyDeclares(files[uses[f][u]]) &&
            context_.used_aliases.count(
                {context_.file_scopes[f], use.as->text}) == 0) {
          context_.diags
              .Emit(use.as->span, diag::Unused,
                    fmt::format("nothing of `{}` is used", use.as->text))
              .Help("take out this `use`");
        }
      }
    }
  }

  // ---- captures and fields

  void Captures(const std::vector<hir::Capture>& captures) {
    for (const hir::Capture& capture : captures) {
      if (context_.IsOwn(capture.span)) {
        Hole(capture.span, capture.type,
             fmt::format("capture `{}` is used nowhere", capture.name));
      }
    }
  }

  void Hole(Span name, vm::Type type, const std::string& what) {
    if (!told_.insert(name.begin).second) {
      return;  // of a `let` or a template, checked often
    }
    auto report = context_.diags.Emit(name, diag::Unused, what);
    if (type == vm::Type::Text) {
      report.Help("a hole needs no name: `{*}`, `{:/regex/}`");
    } else if (type == vm::Type::Enum) {
      report.Help("a hole needs no name: `{:(a|b)}`").Fix(name, "");
    } else {
      report
          .Help(fmt::format("a hole needs no name: `{{:{}}}`",
                            vm::TypeName(type)))
          .Fix(name, "");
    }
  }

  void Fields() {
    const hir::Module& module = context_.module;
    std::set<size_t> used = hidden_;
    for (const hir::Source& source : module.sources) {
      if (source.clock.valid()) {
        used.insert(source.clock.index());
      }
      for (const vm::FieldId key : source.keys) {
        used.insert(key.index());
      }
    }
    for (const hir::Signature& signature : module.signatures) {
      for (const hir::Slot& slot : signature.slots) {
        if (slot.field.valid()) {
          used.insert(slot.field.index());
        }
      }
    }
    for (size_t k = 0; k < module.fields.size(); ++k) {
      const hir::Field& field = module.fields[k];
      if (used.count(k) == 0 && !field.is_key && context_.IsOwn(field.span)) {
        Hole(field.span, field.only_json ? vm::Type::Text : field.type,
             fmt::format("header field `{}` is used nowhere", field.name));
      }
    }
  }

  bool Has(const hir::Source& source, vm::FieldId field) const {
    const auto in = [&](const auto& patterns) {
      return std::any_of(
          patterns.begin(), patterns.end(), [&](const auto& one) {
            return std::find(one.fields.begin(), one.fields.end(), field) !=
                   one.fields.end();
          });
    };
    return in(source.files) || in(source.prefixes) || in(source.lines) ||
           std::any_of(
               source.json.begin(), source.json.end(),
               [&](const vm::JsonField& json) { return json.field == field; });
  }

  // What the header says cannot be asked for where a capture has its name. A
  // key's name is meant: the text knows better whom it is about.
  void Shadows(const hir::Signature& signature) {
    for (const hir::Capture& capture : signature.captures) {
      const auto found = context_.fields.find(capture.name);
      if (found == context_.fields.end() || !context_.IsOwn(capture.span)) {
        continue;
      }
      const hir::Field& field = context_.module.fields[found->second.index()];
      const std::vector<hir::Source>& sources = context_.module.sources;
      bool read = false;
      for (size_t k = 0; k < sources.size(); ++k) {
        const auto& in = signature.in_sources;
        const bool may_see =
            in.empty() ||
            std::find(in.begin(), in.end(), vm::SourceId(k)) != in.end();
        read |= may_see && context_.IsOwn(sources[k].span) &&
                Has(sources[k], found->second);
      }
      if (read && !field.is_key && told_.insert(capture.span.begin).second) {
        hidden_.insert(found->second.index());
        context_.diags
            .Emit(
                capture.span, diag::Unused,
                fmt::format("capture `{}` hides the header field of that name",
                            capture.name))
            .Label(field.span, "the header field")
            .Help("give one of them another name");
      }
    }
  }

  Context& context_;
  std::set<uint32_t> told_;
  std::set<size_t> hidden_;  // fields, of which that is told
};

}  // namespace

void WarnOfUnused(std::span<const ast::File> files,
                  std::span<const std::vector<size_t>> uses, Context* context) {
  UnusedCheck(context).Run(files, uses);
}

}  // namespace telltale::check
