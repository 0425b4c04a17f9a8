#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "dsl/check/context.h"

namespace telltale::check {

namespace {

using Attributes = std::vector<vm::Attribute>;

vm::Axis AxisOf(ast::Axis axis) {
  switch (axis) {
    case ast::Axis::Symptom:
      return vm::Axis::Symptom;
    case ast::Axis::Cause:
      return vm::Axis::Cause;
    case ast::Axis::Stage:
      return vm::Axis::Stage;
    case ast::Axis::Outcome:
      return vm::Axis::Outcome;
  }
  return vm::Axis::Symptom;
}

// `OutOfMemory` in words: "Out of memory".
std::string InWords(std::string_view name) {
  std::string words;
  for (size_t k = 0; k < name.size(); ++k) {
    const char c = name[k];
    const bool upper = c >= 'A' && c <= 'Z';
    const bool after_lower = k > 0 && name[k - 1] >= 'a' && name[k - 1] <= 'z';
    const bool next_lower =
        k + 1 < name.size() && name[k + 1] >= 'a' && name[k + 1] <= 'z';
    if (upper && after_lower) {
      words.push_back(' ');
      // An abbreviation stays as it is.
      words.push_back(next_lower ? static_cast<char>(c | 0x20) : c);
    } else {
      words.push_back(c == '_' ? ' ' : c);
    }
  }
  return words;
}

class TaxonomyCheck {
 public:
  explicit TaxonomyCheck(Context* context) : context_(*context) {}

  void Run(const ast::Taxonomy& taxonomy) {
    taxonomy_ = &taxonomy;
    Attributes inherited;
    for (const ast::Attribute& attribute : taxonomy.attributes) {
      const auto first =
          std::find_if(taxonomy.attributes.begin(), taxonomy.attributes.end(),
                       [&](const ast::Attribute& a) {
                         return a.name.text == attribute.name.text;
                       });
      if (&*first != &attribute) {
        context_.diags
            .Emit(attribute.name.span, diag::Duplicate, attribute.name.text)
            .Label(first->name.span, "first here");
        continue;
      }
      if (attribute.fallback.has_value()) {
        Assign(attribute.name,
               {{*attribute.fallback}, false, attribute.fallback->span},
               &inherited);
      }
    }
    for (const ast::AxisTree& axis : taxonomy.axes) {
      for (const ast::Node& node : axis.nodes) {
        Add(node, AxisOf(axis.axis), {}, "", inherited);
      }
    }
  }

 private:
  // What stands behind `=`: one literal, or a set.
  struct Given {
    std::vector<ast::Literal> literals;
    bool is_set = false;
    Span span;
  };

  static std::optional<Given> GivenBy(const ast::Expr& value) {
    using Kind = ast::Expr::Kind;
    if (value.kind == Kind::Literal) {
      return Given{{value.literal}, false, value.span};
    }
    Given given{{}, true, value.span};
    for (const ast::Expr& element : value.args) {
      if (element.kind != Kind::Literal) {
        return std::nullopt;
      }
      given.literals.push_back(element.literal);
    }
    return value.kind == Kind::Set ? std::optional(given) : std::nullopt;
  }

  void Add(const ast::Node& node, vm::Axis axis, vm::NodeId parent,
           const std::string& above, Attributes attributes) {
    for (const ast::Assignment& set : node.attributes) {
      const std::optional<Given> given = GivenBy(set.value);
      if (given.has_value()) {
        Assign(set.name, *given, &attributes);
      } else {
        context_.diags.Emit(set.value.span, diag::BadAttribute, "this",
                            set.name.text,
                            "it must be a literal, or a set of literals");
      }
    }
    std::vector<vm::Node>& nodes = context_.module.nodes;
    vm::Node out;
    out.path = above.empty() ? node.name.text : above + "." + node.name.text;
    out.title =
        node.title.has_value() ? node.title->value : InWords(node.name.text);
    out.axis = axis;
    out.parent = parent;
    out.attributes = attributes;
    for (const vm::Attribute& attribute : attributes) {
      if (attribute.name == "study") {
        out.study = attribute.value;
      }
    }
    const auto same =
        std::find_if(nodes.begin(), nodes.end(), [&](const vm::Node& other) {
          return other.axis == axis && other.path == out.path;
        });
    if (same != nodes.end()) {
      context_.diags.Emit(node.name.span, diag::Duplicate, out.path);
    }
    if (node.children.empty()) {
      for (const ast::Attribute& attribute : taxonomy_->attributes) {
        const bool set = std::any_of(attributes.begin(), attributes.end(),
                                     [&](const vm::Attribute& a) {
                                       return a.name == attribute.name.text;
                                     });
        if (!set) {
          context_.diags
              .Emit(node.name.span, diag::MissingAttribute, out.path,
                    attribute.name.text)
              .Label(attribute.span, "required by this")
              .Help(
                  "give it a value here or on a node above, or give the "
                  "attribute a default");
        }
      }
    }
    const std::string path = out.path;
    nodes.push_back(std::move(out));
    context_.node_spans.emplace_back(node.name.span, taxonomy_->name.span);
    const vm::NodeId id(nodes.size() - 1);
    for (const ast::Node& child : node.children) {
      Add(child, axis, id, path, attributes);
    }
  }

  void Assign(const ast::Name& name, const Given& given,
              Attributes* attributes) {
    const auto declared = std::find_if(
        taxonomy_->attributes.begin(), taxonomy_->attributes.end(),
        [&](const ast::Attribute& a) { return a.name.text == name.text; });
    if (declared == taxonomy_->attributes.end()) {
      std::vector<std::string> candidates;
      for (const ast::Attribute& attribute : taxonomy_->attributes) {
        candidates.push_back(attribute.name.text);
      }
      context_.diags.Emit(name.span, diag::UnknownName, "attribute", name.text,
                          DidYouMean(name.text, candidates));
      return;
    }
    const bool set_wanted = declared->type.kind == ast::Type::Kind::SetOf;
    if (set_wanted != given.is_set) {
      context_.diags.Emit(given.span, diag::BadAttribute, "this", name.text,
                          set_wanted ? "it is a set: write `{...}`"
                                     : "it is one value, not a set");
      return;
    }
    std::string value;
    for (const ast::Literal& literal : given.literals) {
      CheckValue(set_wanted ? declared->type.element[0] : declared->type, name,
                 literal);
      value += (value.empty() ? "" : ", ") + literal.text;
    }
    const auto set = std::find_if(
        attributes->begin(), attributes->end(),
        [&](const vm::Attribute& a) { return a.name == name.text; });
    if (set != attributes->end()) {
      set->value = value;
    } else {
      attributes->push_back({name.text, value});
    }
  }

  void CheckValue(const ast::Type& type, const ast::Name& name,
                  const ast::Literal& literal) {
    using K = ast::Literal::Kind;
    if (type.kind == ast::Type::Kind::Enum) {
      if (literal.kind != K::String ||
          std::find(type.options.begin(), type.options.end(), literal.text) ==
              type.options.end()) {
        context_.diags.Emit(
            literal.span, diag::BadAttribute, literal.text, name.text,
            fmt::format("it is one of {}{}", fmt::join(type.options, ", "),
                        DidYouMean(literal.text, type.options)));
      }
      return;
    }
    const bool fits = type.name == "text"  ? literal.kind == K::String
                      : type.name == "int" ? literal.kind == K::Int
                      : type.name == "float"
                          ? literal.kind == K::Float || literal.kind == K::Int
                      : type.name == "bool"     ? literal.kind == K::Bool
                      : type.name == "duration" ? literal.kind == K::Duration
                      : type.name == "bytes"    ? literal.kind == K::Bytes
                                                : false;
    if (!fits) {
      context_.diags.Emit(literal.span, diag::BadAttribute, literal.text,
                          name.text,
                          fmt::format("its type is `{}`", type.name));
    }
  }

  Context& context_;
  const ast::Taxonomy* taxonomy_ = nullptr;
};

bool EndsWithPath(std::string_view path, std::string_view suffix) {
  return path == suffix ||
         (path.size() > suffix.size() && path.ends_with(suffix) &&
          path[path.size() - suffix.size() - 1] == '.');
}

std::string_view AxisName(vm::Axis axis) {
  switch (axis) {
    case vm::Axis::Symptom:
      return "symptom";
    case vm::Axis::Cause:
      return "cause";
    case vm::Axis::Stage:
      return "stage";
    case vm::Axis::Outcome:
      return "outcome";
  }
  return "symptom";
}

}  // namespace

std::optional<vm::Axis> AxisOf(std::string_view word) {
  for (const vm::Axis axis : {vm::Axis::Symptom, vm::Axis::Cause,
                              vm::Axis::Stage, vm::Axis::Outcome}) {
    if (word == AxisName(axis)) {
      return axis;
    }
  }
  return std::nullopt;
}

void CheckTaxonomies(std::span<const ast::File> files, Context* context) {
  for (const ast::File& file : files) {
    for (const ast::Item& item : file.items) {
      if (const auto* taxonomy = std::get_if<ast::Taxonomy>(&item.node)) {
        TaxonomyCheck(context).Run(*taxonomy);
      }
    }
  }
}

std::optional<vm::NodeId> FindNode(const ast::Name& written, Context* context) {
  // A template's argument stands for the node that was given.
  ast::Name reference = written;
  for (const Scope* at = context->scope; at != nullptr; at = at->outer) {
    const auto argument = at->nodes.find(reference.text);
    if (argument != at->nodes.end()) {
      reference = argument->second;
      break;
    }
  }
  const std::vector<vm::Node>& nodes = context->module.nodes;
  const auto search = [&](std::string_view path, std::optional<vm::Axis> axis) {
    std::vector<size_t> whole;
    std::vector<size_t> ending;
    for (size_t k = 0; k < nodes.size(); ++k) {
      if (axis.has_value() && nodes[k].axis != *axis) {
        continue;
      }
      if (nodes[k].path == path) {
        whole.push_back(k);
      }
      if (EndsWithPath(nodes[k].path, path)) {
        ending.push_back(k);
      }
    }
    return whole.empty() ? ending : whole;
  };
  std::vector<size_t> found = search(reference.text, std::nullopt);
  if (const size_t dot = reference.text.find('.');
      found.empty() && dot != std::string::npos) {
    const std::optional<vm::Axis> axis =
        AxisOf(std::string_view(reference.text).substr(0, dot));
    if (axis.has_value()) {
      found = search(std::string_view(reference.text).substr(dot + 1), axis);
    }
  }
  if (found.size() == 1) {
    return vm::NodeId(found[0]);
  }
  if (found.empty()) {
    if (const Entity* entity = context->Lookup(reference.text)) {
      context->diags
          .Emit(reference.span, diag::WrongKind, reference.text,
                EntityName(entity->kind), "node of a taxonomy")
          .Help("a verdict says what it means: nodes such as `Crash.Other`");
      return std::nullopt;
    }
    std::vector<std::string> candidates;
    for (const vm::Node& node : nodes) {
      candidates.push_back(node.path);
      // Also what a short reference would be.
      for (size_t dot = node.path.find('.'); dot != std::string::npos;
           dot = node.path.find('.', dot + 1)) {
        candidates.push_back(node.path.substr(dot + 1));
      }
    }
    context->diags.Emit(reference.span, diag::UnknownName, "node",
                        reference.text, DidYouMean(reference.text, candidates));
    return std::nullopt;
  }
  std::vector<std::string> paths;
  for (const size_t k : found) {
    paths.push_back(
        fmt::format("`{}` ({})", nodes[k].path, AxisName(nodes[k].axis)));
  }
  context->diags
      .Emit(reference.span, diag::AmbiguousNode, reference.text,
            fmt::format("{}", fmt::join(paths, ", ")))
      .Help(fmt::format("write more of the path, or the axis: `{}.{}`",
                        AxisName(nodes[found[0]].axis), nodes[found[0]].path));
  return std::nullopt;
}

void CheckVerdict(const std::vector<ast::Verdict>& verdicts,
                  hir::Meaning* meaning, Context* context) {
  std::set<vm::Axis> taken;
  const auto take = [&](vm::Axis axis, Span span) {
    if (taken.insert(axis).second) {
      return true;
    }
    context->diags.Emit(span, diag::TwoNodes, AxisName(axis))
        .Help(
            "a verdict has one node of each axis; keep the one that the text "
            "proves");
    return false;
  };
  for (const ast::Verdict& verdict : verdicts) {
    if (!verdict.index.empty()) {
      const auto found = FindColumn(verdict.node, *verdict.column, context);
      if (!found.has_value()) {
        continue;
      }
      const Table& table = *found->table;
      const Table::Column& column = table.columns[found->column];
      if (!column.axis.has_value()) {
        context->diags.Emit(
            verdict.span, diag::TypeMismatch,
            fmt::format("column `{}` holds no nodes", column.name));
        continue;
      }
      if (!take(*column.axis, verdict.span)) {
        continue;
      }
      vm::VerdictLookup lookup;
      lookup.axis = *column.axis;
      for (const std::vector<Table::Cell>& row : table.rows) {
        lookup.column.rows.emplace_back(KeyOfRow(row), row[found->column].node);
      }
      if (!table.otherwise.empty()) {
        lookup.column.otherwise = table.otherwise[found->column - 1].node;
      }
      meaning->lookups.push_back(std::move(lookup));
      continue;
    }
    const std::optional<vm::NodeId> node = FindNode(verdict.node, context);
    if (!node.has_value()) {
      continue;
    }
    const vm::Axis axis = context->module.nodes[node->index()].axis;
    if (take(axis, verdict.span)) {
      vm::Verdict& out = meaning->verdict;
      (axis == vm::Axis::Symptom ? out.symptom
       : axis == vm::Axis::Cause ? out.cause
       : axis == vm::Axis::Stage ? out.stage
                                 : out.outcome) = *node;
    }
  }
}

}  // namespace telltale::check
