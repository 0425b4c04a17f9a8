// The items of the syntax tree as ast values.
#include "dsl/parse/build_ast.h"

#include "dsl/parse/build_pattern.h"
#include "runtime/base/check.h"

namespace telltale::parse {

namespace {

class Builder {
 public:
  Builder(const SourceMap& sources, DiagSink& diags, ast::File* file)
      : read_(sources, diags), file_(*file) {}

  void Add(const Syntax& node) {
    switch (node.kind) {
      case Kind::edition:
        file_.edition = read_.Literal(node.children[0]);
        return;
      case Kind::pack:
        file_.pack = ast::Pack{read_.Name(node.children[0]),
                               std::string(read_.Text(node.children[1])),
                               read_.SpanOf(node)};
        return;
      case Kind::use:
        file_.uses.push_back(Use(node));
        return;
      default:
        file_.items.push_back(Item(node));
        return;
    }
  }

 private:
  using Nodes = std::vector<Syntax>;
  static const Syntax* Find(const Syntax& node, Kind kind) {
    return Reader::Find(node, kind);
  }

  ast::Use Use(const Syntax& node) {
    ast::Use use;
    use.path = read_.String(node.children[0]);
    use.span = read_.SpanOf(node);
    if (const Syntax* as = Find(node, Kind::use_as)) {
      use.as = read_.Name(as->children[0]);
    }
    if (const Syntax* with = Find(node, Kind::use_with)) {
      for (const Syntax& set : with->children) {
        use.with.push_back(Assignment(set));
      }
    }
    return use;
  }

  ast::Assignment Assignment(const Syntax& set) {
    return {read_.Name(set.children[0]), read_.Expr(set.children[1])};
  }

  ast::Item Item(const Syntax& node) {
    ast::Item item;
    item.span = read_.SpanOf(node);
    const std::string_view text = read_.Text(node);
    const size_t word = text.find_first_of(" \t\r\n\"{#");
    item.keyword = {
        node.begin,
        node.begin + static_cast<uint32_t>(
                         word == std::string_view::npos ? text.size() : word)};
    switch (node.kind) {
      case Kind::taxonomy:
        item.node = Taxonomy(node);
        break;
      case Kind::source:
        item.node = Source(node);
        break;
      case Kind::block:
        item.node = Block(node);
        break;
      case Kind::table:
        item.node = Table(node);
        break;
      case Kind::param:
        item.node =
            ast::Param{read_.Name(node.children[0]), Type(node.children[1]),
                       read_.Expr(node.children[2])};
        break;
      case Kind::let:
        item.node = ast::Let{read_.Name(node.children[0]),
                             read_.Pattern(node.children[1])};
        break;
      case Kind::template_:
        item.node = Template(node);
        break;
      case Kind::apply:
        item.node = Apply(node);
        break;
      case Kind::sig:
        item.node = Sig(node);
        break;
      case Kind::rule_:
        item.node = Rule(node);
        break;
      case Kind::stage:
        item.node = Stage(node);
        break;
      case Kind::test:
        item.node = Test(node);
        break;
      default:
        TT_CHECK(false, "not an item");
    }
    return item;
  }

  ast::Type Type(const Syntax& node) {
    ast::Type type;
    type.span = read_.SpanOf(node);
    type.optional = Find(node, Kind::optional_mark) != nullptr;
    const Syntax& first = node.children[0];
    if (first.kind == Kind::set_of) {
      type.kind = ast::Type::Kind::SetOf;
      type.element.push_back(Type(first.children[0]));
    } else if (first.kind == Kind::enum_) {
      type.kind = ast::Type::Kind::Enum;
      for (const Syntax& option : first.children) {
        type.options.emplace_back(read_.Text(option));
      }
    } else {
      type.name = std::string(read_.Text(first));
    }
    return type;
  }

  // ------------------------------------------------------------- taxonomy

  ast::Node Node(const Syntax& node) {
    ast::Node out;
    out.name = read_.Name(node.children[0]);
    out.span = read_.SpanOf(node);
    for (const Syntax& child : node.children) {
      if (child.kind == Kind::string_) {
        out.title = read_.String(child);
      } else if (child.kind == Kind::set_) {
        out.attributes.push_back(Assignment(child));
      } else if (child.kind == Kind::nodes) {
        for (const Syntax& inner : child.children) {
          out.children.push_back(Node(inner));
        }
      }
    }
    return out;
  }

  ast::Taxonomy Taxonomy(const Syntax& node) {
    ast::Taxonomy out;
    out.name = read_.Name(node.children[0]);
    for (const Syntax& child : node.children) {
      if (child.kind == Kind::attr) {
        ast::Attribute attribute;
        attribute.name = read_.Name(child.children[0]);
        attribute.type = Type(child.children[1]);
        attribute.span = read_.SpanOf(child);
        if (child.children.size() > 2) {
          attribute.fallback = read_.Literal(child.children[2]);
        }
        out.attributes.push_back(std::move(attribute));
      } else if (child.kind == Kind::axis) {
        ast::AxisTree tree;
        const char first = read_.Text(child.children[0])[0];
        const char second = read_.Text(child.children[0])[1];
        tree.axis = first == 'c'                    ? ast::Axis::Cause
                    : first == 'o'                  ? ast::Axis::Outcome
                    : first == 's' && second == 'y' ? ast::Axis::Symptom
                                                    : ast::Axis::Stage;
        tree.span = read_.SpanOf(child.children[0]);
        for (const Syntax& inner : child.children[1].children) {
          tree.nodes.push_back(Node(inner));
        }
        out.axes.push_back(std::move(tree));
      }
    }
    return out;
  }

  // ------------------------------------------------------ sources, blocks

  std::optional<ast::Literal> UpTo(const Syntax& node) {
    const Syntax* up_to = Find(node, Kind::up_to);
    return up_to == nullptr ? std::nullopt
                            : std::optional(read_.Literal(up_to->children[0]));
  }

  std::vector<ast::Name> Names(const Syntax& node) {
    std::vector<ast::Name> out;
    for (const Syntax& child : node.children) {
      out.push_back(read_.Name(child));
    }
    return out;
  }

  ast::SourceClause SourceClause(const Syntax& node) {
    using K = ast::SourceClause::Kind;
    ast::SourceClause clause;
    clause.span = read_.SpanOf(node);
    const Nodes& children = node.children;
    switch (node.kind) {
      case Kind::source_files:
        clause.kind = K::Files;
        for (const Syntax& text : children) {
          clause.patterns.push_back(read_.Pattern(text));
        }
        break;
      case Kind::source_like:
        clause.kind = K::Like;
        clause.names = Names(children[0]);
        break;
      case Kind::source_json:
        clause.kind = K::Json;
        for (const Syntax& field : children) {
          clause.json.push_back(
              {read_.Name(field.children[0]), read_.String(field.children[1])});
        }
        break;
      case Kind::source_key:
        clause.kind = K::Key;
        for (const Syntax& key : children) {
          clause.keys.push_back({read_.Name(key.children[0]), UpTo(key)});
        }
        break;
      case Kind::source_clock:
        clause.kind = K::Clock;
        clause.clock = read_.Name(children[0]);
        if (children.size() > 1) {
          clause.skew = read_.Literal(children[1]);
        }
        break;
      default:
        clause.kind = node.kind == Kind::source_prefix ? K::Prefix
                      : node.kind == Kind::source_line ? K::Line
                      : node.kind == Kind::source_run  ? K::Run
                                                       : K::Drop;
        clause.patterns.push_back(read_.Pattern(children[0]));
        break;
    }
    return clause;
  }

  ast::Source Source(const Syntax& node) {
    ast::Source out;
    out.name = read_.Name(node.children[0]);
    for (size_t k = 1; k < node.children.size(); ++k) {
      out.clauses.push_back(SourceClause(node.children[k]));
    }
    return out;
  }

  ast::Block Block(const Syntax& node) {
    using K = ast::BlockClause::Kind;
    ast::Block out;
    out.name = read_.Name(node.children[0]);
    for (size_t k = 1; k < node.children.size(); ++k) {
      const Syntax& child = node.children[k];
      ast::BlockClause clause;
      clause.span = read_.SpanOf(child);
      switch (child.kind) {
        case Kind::block_quiet:
          clause.kind = K::Quiet;
          break;
        case Kind::block_max:
          clause.kind = K::Max;
          clause.max = read_.Literal(child.children[0]);
          break;
        default:
          clause.kind = child.kind == Kind::block_open    ? K::Open
                        : child.kind == Kind::block_body  ? K::Body
                        : child.kind == Kind::block_close ? K::Close
                                                          : K::Chain;
          clause.patterns.push_back(read_.Pattern(child.children[0]));
          break;
      }
      out.clauses.push_back(std::move(clause));
    }
    return out;
  }

  // --------------------------------------------------- signatures, rules

  std::vector<ast::Verdict> Class(const Syntax& node) {
    std::vector<ast::Verdict> out;
    const Syntax* cls = Find(node, Kind::class_);
    if (cls == nullptr) {
      return out;
    }
    for (const Syntax& child : cls->children) {
      ast::Verdict verdict;
      verdict.span = read_.SpanOf(child);
      const Syntax& what = child.children[0];
      if (what.kind == Kind::lookup) {
        verdict.node = read_.Name(what.children[0]);
        verdict.index.push_back(read_.Expr(what.children[1]));
        verdict.column = read_.Name(what.children[2]);
      } else {
        verdict.node = read_.Name(what);
      }
      out.push_back(std::move(verdict));
    }
    return out;
  }

  ast::TimeSpan TimeSpan(const Syntax& node) {
    ast::TimeSpan span;
    span.span = read_.SpanOf(node);
    const Syntax& what = node.children[0];
    switch (what.kind) {
      case Kind::span_run:
        span.kind = ast::TimeSpan::Kind::Run;
        break;
      case Kind::span_stream:
        span.kind = ast::TimeSpan::Kind::Stream;
        break;
      case Kind::span_lines:
        span.kind = ast::TimeSpan::Kind::Lines;
        span.amount = read_.Literal(what.children[0]);
        break;
      case Kind::span_param:
        span.kind = ast::TimeSpan::Kind::Param;
        span.param = {std::string(read_.Text(what)), {what.begin, what.end}};
        break;
      default:
        span.kind = ast::TimeSpan::Kind::Duration;
        span.amount = read_.Literal(what);
        break;
    }
    return span;
  }

  std::optional<ast::TimeSpan> SpanIn(const Syntax& node, Kind kind) {
    const Syntax* found = Find(node, kind);
    return found == nullptr ? std::nullopt
                            : std::optional(TimeSpan(found->children[0]));
  }

  ast::Event Event(const Syntax& node) {
    ast::Event event;
    event.span = read_.SpanOf(node);
    const Syntax& what = node.children[0];
    switch (what.kind) {
      case Kind::event_any:
        event.kind = ast::Event::Kind::Any;
        event.name = read_.Name(what.children[0]);
        break;
      case Kind::event_or:
        event.kind = ast::Event::Kind::Or;
        event.alternatives = Events(what);
        break;
      case Kind::text:
        event.kind = ast::Event::Kind::Text;
        event.text.push_back(read_.Pattern(what));
        break;
      default:
        event.name = read_.Name(what);
        break;
    }
    return event;
  }

  std::vector<ast::Event> Events(const Syntax& node) {
    std::vector<ast::Event> out;
    for (const Syntax& child : node.children) {
      out.push_back(Event(child));
    }
    return out;
  }

  std::vector<ast::FieldRef> Fields(const Syntax& node) {
    std::vector<ast::FieldRef> out;
    for (const Syntax& child : node.children) {
      out.push_back({read_.Name(child)});
    }
    return out;
  }

  ast::Clause Clause(const Syntax& node) {
    using K = ast::Clause::Kind;
    ast::Clause clause;
    clause.span = read_.SpanOf(node);
    const std::string_view text = read_.Text(node);
    clause.keyword = {
        node.begin,
        node.begin + static_cast<uint32_t>(text.find_first_of(" \t\r\n\"`({"))};
    const Nodes& children = node.children;
    switch (node.kind) {
      case Kind::where:
        clause.kind = K::Where;
        clause.expr = read_.Expr(children[0]);
        break;
      case Kind::cl_hit:
        clause.kind = K::Hit;
        clause.text = read_.String(children[0]);
        if (children.size() > 1) {
          clause.expr = read_.Expr(children[1]);
        }
        break;
      case Kind::cl_miss:
        clause.kind = K::Miss;
        clause.text = read_.String(children[0]);
        break;
      case Kind::cl_over:
        clause.kind = K::Over;
        clause.names = Names(children[0]);
        break;
      case Kind::cl_group:
        clause.kind = K::GroupBy;
        clause.fields = Fields(children[0]);
        break;
      case Kind::cl_note:
      case Kind::cl_see:
        clause.kind = node.kind == Kind::cl_note ? K::Note : K::See;
        clause.text = read_.String(children[0]);
        break;
      case Kind::cl_role: {
        clause.kind = K::Role;
        const std::string_view role = read_.Text(children[0]);
        clause.role = role.starts_with("root")      ? ast::Role::Root
                      : role.starts_with("cascade") ? ast::Role::Cascade
                      : role.starts_with("confirm") ? ast::Role::Confirm
                                                    : ast::Role::Context;
        break;
      }
      case Kind::cl_explains:
      case Kind::cl_clears:
        clause.kind = node.kind == Kind::cl_explains ? K::Explains : K::Clears;
        clause.events = Events(children[0]);
        clause.back = SpanIn(node, Kind::back);
        clause.for_span = SpanIn(node, Kind::for_);
        break;
      case Kind::cl_allow:
        clause.kind = K::Allow;
        clause.names.push_back(read_.Name(children[0]));
        clause.text = read_.String(children[1]);
        break;
      case Kind::cl_within:
        clause.kind = K::Within;
        for (const Syntax& child : children) {
          clause.within.push_back(TimeSpan(child));
        }
        break;
      case Kind::cl_by:
        clause.kind = K::By;
        clause.fields = Fields(children[0]);
        clause.up_to = UpTo(node);
        break;
      case Kind::cl_during:
      case Kind::cl_at:
        clause.kind = node.kind == Kind::cl_during ? K::During : K::At;
        clause.names.push_back(read_.Name(children[0]));
        break;
      default:
        TT_CHECK(false, "not a clause");
    }
    return clause;
  }

  ast::Sig Sig(const Syntax& node) {
    ast::Sig sig;
    sig.name = read_.Name(node.children[0]);
    sig.verdicts = Class(node);
    for (size_t k = 1; k < node.children.size(); ++k) {
      const Syntax& child = node.children[k];
      if (child.kind == Kind::class_) {
        continue;
      }
      if (child.kind == Kind::in_names) {
        sig.in = Names(child.children[0]);
      } else if (child.kind == Kind::pattern) {
        sig.pattern = read_.Pattern(child);
      } else {
        sig.clauses.push_back(Clause(child));
      }
    }
    return sig;
  }

  ast::Count Count(const Syntax& node) {
    ast::Count count;
    count.span = read_.SpanOf(node);
    const Syntax& what = node.kind == Kind::many ? node.children[0] : node;
    if (what.kind == Kind::many_all) {
      count.kind = ast::Count::Kind::All;
    } else if (what.kind == Kind::many_only) {
      count.kind = ast::Count::Kind::Only;
      count.number = read_.Literal(what.children[0]);
    } else if (what.children[0].kind == Kind::int_) {
      count.number = read_.Literal(what.children[0]);
    } else {
      count.param = read_.Name(what.children[0]);
    }
    return count;
  }

  ast::Step Step(const Syntax& node) {
    ast::Step step;
    step.span = read_.SpanOf(node);
    step.absent = node.kind == Kind::step_no;
    for (const Syntax& child : node.children) {
      switch (child.kind) {
        case Kind::step_last:
          step.last = true;
          break;
        case Kind::alias:
          step.alias = read_.Name(child.children[0]);
          break;
        case Kind::count_:
          step.count = Count(child);
          break;
        case Kind::event:
          step.event = Event(child);
          break;
        case Kind::from_:
          step.from = Count(child.children[0]);
          if (child.children.size() > 1) {
            step.from_key = read_.Name(child.children[1]);
          }
          break;
        case Kind::where:
          step.where.push_back(read_.Expr(child.children[0]));
          break;
        case Kind::for_:
          step.hold = TimeSpan(child.children[0]);
          break;
        case Kind::or_eof:
          step.or_eof = true;
          break;
        default:
          break;
      }
    }
    return step;
  }

  ast::Rule Rule(const Syntax& node) {
    ast::Rule rule;
    rule.name = read_.Name(node.children[0]);
    rule.verdicts = Class(node);
    for (size_t k = 1; k < node.children.size(); ++k) {
      const Syntax& child = node.children[k];
      if (child.kind == Kind::class_) {
        continue;
      }
      if (child.kind == Kind::group) {
        ast::StepGroup group;
        group.span = read_.SpanOf(child);
        for (const Syntax& step : child.children) {
          group.steps.push_back(Step(step));
        }
        rule.groups.push_back(std::move(group));
      } else {
        rule.clauses.push_back(Clause(child));
      }
    }
    return rule;
  }

  ast::Stage Stage(const Syntax& node) {
    ast::Stage stage;
    stage.node = read_.Name(node.children[0]);
    stage.from = Event(node.children[1]);
    stage.to = Event(node.children[2]);
    if (node.children.size() > 3) {
      stage.by = Fields(node.children[3]);
    }
    return stage;
  }

  // ---------------------------------------------------------------- reuse

  ast::Cell Cell(const Syntax& node) {
    ast::Cell cell;
    cell.span = read_.SpanOf(node);
    const Syntax& what = node.children.back();
    if (what.kind == Kind::literal) {
      cell.literal = read_.Literal(what);
      cell.literal->negative = node.children[0].kind == Kind::minus;
    } else {
      cell.node = read_.Name(what);
    }
    return cell;
  }

  ast::Field Field(const Syntax& node) {
    return {read_.Name(node.children[0]), Type(node.children[1])};
  }

  ast::Table Table(const Syntax& node) {
    ast::Table table;
    table.name = read_.Name(node.children[0]);
    for (const Syntax& child : node.children) {
      if (child.kind == Kind::field) {
        table.columns.push_back(Field(child));
      } else if (child.kind == Kind::cell) {
        table.cells.push_back(Cell(child));
      } else if (child.kind == Kind::otherwise) {
        for (const Syntax& cell : child.children) {
          table.otherwise.push_back(Cell(cell));
        }
      }
    }
    return table;
  }

  ast::Template Template(const Syntax& node) {
    ast::Template out;
    out.name = read_.Name(node.children[0]);
    for (size_t k = 1; k < node.children.size(); ++k) {
      const Syntax& child = node.children[k];
      if (child.kind == Kind::field) {
        out.params.push_back(Field(child));
      } else {
        out.items.push_back(Item(child));
      }
    }
    return out;
  }

  ast::Apply Apply(const Syntax& node) {
    ast::Apply apply;
    apply.name = read_.Name(node.children[0]);
    for (size_t k = 1; k + 1 < node.children.size(); ++k) {
      apply.args.push_back(read_.Expr(node.children[k]));
    }
    apply.as = read_.Name(node.children.back());
    return apply;
  }

  // ---------------------------------------------------------------- tests

  ast::TestLine Expectation(const Syntax& node) {
    using E = ast::TestLine::Expectation;
    ast::TestLine line;
    line.kind = ast::TestLine::Kind::Expect;
    line.span = read_.SpanOf(node);
    const Syntax& what = node.children[0];
    switch (what.kind) {
      case Kind::e_no:
        line.expectation = E::No;
        line.event = Event(what.children[0]);
        break;
      case Kind::e_nothing:
        line.expectation = E::Nothing;
        break;
      default:
        line.expectation = what.kind == Kind::e_outcome ? E::Outcome
                           : what.kind == Kind::e_root  ? E::Root
                                                        : E::Event;
        line.node = read_.Name(what.children[0]);
        if (const Syntax* at = Find(what, Kind::at_text)) {
          line.at = read_.String(at->children[0]);
        }
        if (const Syntax* gives = Find(what, Kind::gives)) {
          line.gives = read_.Expr(gives->children[0]);
        }
        break;
    }
    return line;
  }

  ast::TestLine TestLine(const Syntax& node) {
    using K = ast::TestLine::Kind;
    ast::TestLine line;
    line.span = read_.SpanOf(node);
    switch (node.kind) {
      case Kind::rawline: {
        std::string_view text = read_.Text(node).substr(1);
        if (text.starts_with(' ')) {
          text.remove_prefix(1);  // one blank after `|` is not of the line
        }
        line.text = ast::String{std::string(text), line.span};
        break;
      }
      case Kind::t_raw:
        line.kind = K::Raw;
        line.text = read_.String(node.children[0]);
        break;
      case Kind::t_wait:
        line.kind = K::Wait;
        line.wait = read_.Literal(node.children[0]);
        break;
      case Kind::t_eof:
        line.kind = K::Eof;
        break;
      case Kind::t_file:
        line.kind = K::File;
        line.text = read_.String(node.children[0]);
        if (const Syntax* on = Find(node, Kind::on_)) {
          line.source = read_.Name(on->children[0]);
        }
        break;
      default:
        return Expectation(node);
    }
    return line;
  }

  ast::Test Test(const Syntax& node) {
    ast::Test test;
    test.title = read_.String(node.children[0]);
    for (size_t k = 1; k < node.children.size(); ++k) {
      if (node.children[k].kind == Kind::on_) {
        test.source = read_.Name(node.children[k].children[0]);
      } else {
        test.lines.push_back(TestLine(node.children[k]));
      }
    }
    return test;
  }

  Reader read_;
  ast::File& file_;
};

}  // namespace

void AddItem(const SourceMap& sources, const Syntax& syntax, DiagSink& diags,
             ast::File* file) {
  Builder(sources, diags, file).Add(syntax);
}

}  // namespace telltale::parse
