#include "dsl/ast/dump.h"

#include <fmt/format.h>

namespace telltale::ast {

namespace {

std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned>(c));
    } else {
      out.push_back(c);
    }
  }
  return out + "\"";
}

std::string ToText(const HoleType& type) {
  std::string out;
  switch (type.kind) {
    case HoleType::Kind::Untyped:
      break;
    case HoleType::Kind::Named:
      out = ":" + type.text;
      break;
    case HoleType::Kind::Enum:
      out = fmt::format(":({})", fmt::join(type.options, "|"));
      break;
    case HoleType::Kind::Regex:
      out = ":/" + type.text + "/";
      break;
  }
  return out + (type.optional ? "?" : "");
}

std::string PieceText(const Piece& piece) {
  switch (piece.kind) {
    case Piece::Kind::Literal:
      return Quoted(piece.text);
    case Piece::Kind::Skip:
      return "{*}";
    case Piece::Kind::Let:
      return "{@" + piece.name->text + "}";
    case Piece::Kind::Param:
      return "{$" + piece.name->text + "}";
    case Piece::Kind::Hole:
      return "{" + (piece.name.has_value() ? piece.name->text : "") +
             ToText(piece.type) + "}";
  }
  return "";
}

std::string RefText(const Ref& ref) {
  std::string out;
  for (const RefStep& step : ref.steps) {
    if (!step.index.empty()) {
      out += "[" + ToText(step.index[0]) + "]";
    } else {
      out += (out.empty() ? "" : ".") + step.name;
    }
  }
  return out;
}

std::string_view Operator(Expr::Kind kind) {
  switch (kind) {
    case Expr::Kind::Or:
      return " or ";
    case Expr::Kind::And:
      return " and ";
    case Expr::Kind::Equal:
      return " == ";
    case Expr::Kind::NotEqual:
      return " != ";
    case Expr::Kind::Less:
      return " < ";
    case Expr::Kind::LessEqual:
      return " <= ";
    case Expr::Kind::Greater:
      return " > ";
    case Expr::Kind::GreaterEqual:
      return " >= ";
    case Expr::Kind::Add:
      return " + ";
    case Expr::Kind::Subtract:
      return " - ";
    case Expr::Kind::Multiply:
      return " * ";
    case Expr::Kind::Divide:
      return " / ";
    case Expr::Kind::Coalesce:
      return " ?? ";
    case Expr::Kind::In:
    case Expr::Kind::InRange:
    case Expr::Kind::Matches:
    case Expr::Kind::Negate:
    case Expr::Kind::Not:
    case Expr::Kind::Has:
    case Expr::Kind::Call:
    case Expr::Kind::Literal:
    case Expr::Kind::Ref:
    case Expr::Kind::Set:
      return "";
  }
  return "";
}

std::string SpanText(const TimeSpan& span) {
  switch (span.kind) {
    case TimeSpan::Kind::Run:
      return "run";
    case TimeSpan::Kind::Stream:
      return "stream";
    case TimeSpan::Kind::Duration:
      return span.amount.text;
    case TimeSpan::Kind::Lines:
      return span.amount.text + " lines";
    case TimeSpan::Kind::Param:
      return span.param.text;
  }
  return "";
}

std::string EventText(const Event& event) {
  switch (event.kind) {
    case Event::Kind::Named:
      return event.name.text;
    case Event::Kind::Any:
      return "any " + event.name.text;
    case Event::Kind::Text:
      return ToText(event.text[0]);
    case Event::Kind::Or: {
      std::string out = "(";
      for (const Event& alternative : event.alternatives) {
        out += (out.size() == 1 ? "" : " | ") + EventText(alternative);
      }
      return out + ")";
    }
  }
  return "";
}

class Dumper {
 public:
  std::string Run(const File& file) {
    if (file.edition.has_value()) {
      Line("edition " + file.edition->text);
    }
    if (file.pack.has_value()) {
      Line(fmt::format("pack {} {}", file.pack->name.text, file.pack->version));
    }
    for (const Use& use : file.uses) {
      Line("use " + Quoted(use.path.value));
    }
    for (const Item& item : file.items) {
      std::visit([&](const auto& node) { Item_(node); }, item.node);
    }
    return std::move(out_);
  }

 private:
  void Line(const std::string& text) {
    out_ += std::string(2 * depth_, ' ') + text + "\n";
  }

  void Nodes(const std::vector<Node>& nodes) {
    ++depth_;
    for (const Node& node : nodes) {
      std::string text = "node " + node.name.text;
      if (node.title.has_value()) {
        text += " " + Quoted(node.title->value);
      }
      for (const Assignment& set : node.attributes) {
        text += fmt::format(" {}={}", set.name.text, ToText(set.value));
      }
      Line(text);
      Nodes(node.children);
    }
    --depth_;
  }

  void Item_(const Taxonomy& taxonomy) {
    static constexpr std::string_view kAxes[] = {"symptom", "cause", "stage",
                                                 "outcome"};
    Line("taxonomy " + taxonomy.name.text);
    ++depth_;
    for (const Attribute& attribute : taxonomy.attributes) {
      Line("attr " + attribute.name.text);
    }
    for (const AxisTree& axis : taxonomy.axes) {
      Line(std::string(kAxes[static_cast<size_t>(axis.axis)]));
      Nodes(axis.nodes);
    }
    --depth_;
  }

  void Item_(const Source& source) {
    static constexpr std::string_view kWords[] = {"files", "like", "prefix",
                                                  "json",  "line", "run",
                                                  "drop",  "key",  "clock"};
    Line("source " + source.name.text);
    ++depth_;
    for (const SourceClause& clause : source.clauses) {
      std::string text(kWords[static_cast<size_t>(clause.kind)]);
      for (const Pattern& pattern : clause.patterns) {
        text += " " + ToText(pattern);
      }
      for (const Name& name : clause.names) {
        text += " " + name.text;
      }
      for (const Key& key : clause.keys) {
        text += " " + key.name.text +
                (key.up_to.has_value() ? " up to " + key.up_to->text : "");
      }
      if (clause.clock.has_value()) {
        text += " " + clause.clock->text;
      }
      Line(text);
    }
    --depth_;
  }

  void Item_(const Block& block) {
    static constexpr std::string_view kWords[] = {"open",  "body",  "close",
                                                  "chain", "quiet", "max"};
    Line("block " + block.name.text);
    ++depth_;
    for (const BlockClause& clause : block.clauses) {
      std::string text(kWords[static_cast<size_t>(clause.kind)]);
      for (const Pattern& pattern : clause.patterns) {
        text += " " + ToText(pattern);
      }
      if (clause.max.has_value()) {
        text += " " + clause.max->text;
      }
      Line(text);
    }
    --depth_;
  }

  void Clauses(const std::vector<Clause>& clauses) {
    static constexpr std::string_view kWords[] = {
        "where", "hit",    "miss", "over",     "group by",
        "note",  "see",    "role", "explains", "clears",
        "allow", "within", "by",   "during",   "at"};
    static constexpr std::string_view kRoles[] = {"root", "cascade", "confirm",
                                                  "context"};
    for (const Clause& clause : clauses) {
      std::string text(kWords[static_cast<size_t>(clause.kind)]);
      for (const Name& name : clause.names) {
        text += " " + name.text;
      }
      for (const FieldRef& field : clause.fields) {
        text += " " + field.name.text;
      }
      for (const Event& event : clause.events) {
        text += " " + EventText(event);
      }
      for (const TimeSpan& span : clause.within) {
        text += " " + SpanText(span);
      }
      if (clause.kind == Clause::Kind::Role) {
        text += " " + std::string(kRoles[static_cast<size_t>(clause.role)]);
      }
      if (clause.text.has_value()) {
        text += " " + Quoted(clause.text->value);
      }
      if (clause.expr.has_value()) {
        text += (clause.kind == Clause::Kind::Hit ? " gives " : " ") +
                ToText(*clause.expr);
      }
      if (clause.back.has_value()) {
        text += " back " + SpanText(*clause.back);
      }
      if (clause.for_span.has_value()) {
        text += " for " + SpanText(*clause.for_span);
      }
      Line(text);
    }
  }

  static std::string Verdicts(const std::vector<Verdict>& verdicts) {
    std::string text;
    for (const Verdict& verdict : verdicts) {
      text += (text.empty() ? ": " : ", ") + verdict.node.text;
      if (!verdict.index.empty()) {
        text += "[" + ToText(verdict.index[0]) + "]." + verdict.column->text;
      }
    }
    return text;
  }

  void Item_(const Sig& sig) {
    Line("sig " + sig.name.text + Verdicts(sig.verdicts));
    ++depth_;
    for (const Name& name : sig.in) {
      Line("in " + name.text);
    }
    Line("pattern " + ToText(sig.pattern));
    Clauses(sig.clauses);
    --depth_;
  }

  void Item_(const Rule& rule) {
    Line("rule " + rule.name.text + Verdicts(rule.verdicts));
    ++depth_;
    for (const StepGroup& group : rule.groups) {
      for (const Step& step : group.steps) {
        std::string text = step.absent ? "step no " : "step ";
        text += step.last ? "last " : "";
        text += step.alias.has_value() ? step.alias->text + ": " : "";
        if (step.count.has_value()) {
          text += (step.count->number.has_value() ? step.count->number->text
                                                  : step.count->param->text) +
                  "+ ";
        }
        text += EventText(step.event);
        for (const Expr& where : step.where) {
          text += " where " + ToText(where);
        }
        if (step.hold.has_value()) {
          text += " for " + SpanText(*step.hold);
        }
        text += step.or_eof ? " or eof" : "";
        Line(text);
      }
    }
    Clauses(rule.clauses);
    --depth_;
  }

  void Item_(const Stage& stage) {
    Line(fmt::format("stage {} from {} to {}", stage.node.text,
                     EventText(stage.from), EventText(stage.to)));
  }
  void Item_(const Table& table) {
    Line(fmt::format("table {} ({} columns, {} cells)", table.name.text,
                     table.columns.size(), table.cells.size()));
  }
  void Item_(const Param& param) {
    Line(fmt::format("param {} = {}", param.name.text, ToText(param.value)));
  }
  void Item_(const Let& let) {
    Line(fmt::format("let {} = {}", let.name.text, ToText(let.pattern)));
  }
  void Item_(const Template& node) {
    Line("template " + node.name.text);
    ++depth_;
    for (const ast::Item& item : node.items) {
      std::visit([&](const auto& inner) { Item_(inner); }, item.node);
    }
    --depth_;
  }
  void Item_(const Apply& apply) {
    Line(fmt::format("apply {} as {}", apply.name.text, apply.as.text));
  }
  void Item_(const Test& test) {
    Line(fmt::format("test {} ({} lines)", Quoted(test.title.value),
                     test.lines.size()));
  }

  std::string out_;
  size_t depth_ = 0;
};

}  // namespace

std::string ToText(const Pattern& pattern) {
  std::string out;
  switch (pattern.kind) {
    case Pattern::Kind::Or:
    case Pattern::Kind::And:
      for (const Pattern& child : pattern.children) {
        out += (out.empty()                         ? "("
                : pattern.kind == Pattern::Kind::Or ? " | "
                                                    : " & ") +
               ToText(child);
      }
      return out + ")";
    case Pattern::Kind::Not:
      return "!" + ToText(pattern.children[0]);
    case Pattern::Kind::Let:
      return "@" + pattern.let->text;
    case Pattern::Kind::Text:
      for (const Piece& piece : pattern.pieces) {
        out += (out.empty() ? "" : " ") + PieceText(piece);
      }
      break;
    case Pattern::Kind::Regex:
      out = "/" + pattern.regex + "/";
      break;
  }
  return (pattern.anchor_start ? "^" : "") + out +
         (pattern.ignore_case ? " i" : "") + (pattern.whole_words ? " w" : "") +
         (pattern.anchor_end ? " $" : "");
}

std::string ToText(const Expr& expr) {
  switch (expr.kind) {
    case Expr::Kind::Literal:
      return expr.literal.kind == Literal::Kind::String
                 ? Quoted(expr.literal.text)
                 : expr.literal.text;
    case Expr::Kind::Ref:
      return RefText(expr.ref);
    case Expr::Kind::Has:
      return "has " + RefText(expr.ref);
    case Expr::Kind::Not:
      return "not " + ToText(expr.args[0]);
    case Expr::Kind::Negate:
      return "-" + ToText(expr.args[0]);
    case Expr::Kind::Call:
      return expr.callee + "(" + ToText(expr.args[0]) + ")";
    case Expr::Kind::Matches:
      return ToText(expr.args[0]) + " ~ " + ToText(expr.pattern[0]);
    case Expr::Kind::In:
    case Expr::Kind::InRange: {
      std::string out =
          ToText(expr.args[0]) + (expr.negated ? " not in " : " in ");
      out += ToText(expr.args[1]);
      return expr.args.size() > 2 ? out + ".." + ToText(expr.args[2]) : out;
    }
    case Expr::Kind::Set: {
      std::string out = "{";
      for (const Expr& arg : expr.args) {
        out += (out.size() == 1 ? "" : ", ") + ToText(arg);
      }
      return out + "}";
    }
    case Expr::Kind::Or:
    case Expr::Kind::And:
    case Expr::Kind::Equal:
    case Expr::Kind::NotEqual:
    case Expr::Kind::Less:
    case Expr::Kind::LessEqual:
    case Expr::Kind::Greater:
    case Expr::Kind::GreaterEqual:
    case Expr::Kind::Add:
    case Expr::Kind::Subtract:
    case Expr::Kind::Multiply:
    case Expr::Kind::Divide:
    case Expr::Kind::Coalesce:
      return "(" + ToText(expr.args[0]) + std::string(Operator(expr.kind)) +
             ToText(expr.args[1]) + ")";
  }
  return "";
}

std::string Dump(const File& file) {
  return Dumper().Run(file);
}

}  // namespace telltale::ast
