#include "dsl/hir/dump.h"

#include <fmt/format.h>

namespace telltale::hir {

namespace {

std::string PatternText(const Pattern& pattern) {
  switch (pattern.kind) {
    case Pattern::Kind::Term:
      return "/" + pattern::Dump(pattern.term) + "/";
    case Pattern::Kind::Not:
      return "!" + PatternText(pattern.children[0]);
    case Pattern::Kind::And:
    case Pattern::Kind::Or: {
      std::string out;
      for (const Pattern& child : pattern.children) {
        out += (out.empty()                          ? "("
                : pattern.kind == Pattern::Kind::And ? " & "
                                                     : " | ") +
               PatternText(child);
      }
      return out + ")";
    }
  }
  return "";
}

std::string_view OperatorName(Expr::Kind kind) {
  switch (kind) {
    case Expr::Kind::Int:
    case Expr::Kind::Float:
    case Expr::Kind::Text:
    case Expr::Kind::Slot:
      return "";
    case Expr::Kind::And:
      return "and";
    case Expr::Kind::Or:
      return "or";
    case Expr::Kind::Not:
      return "not";
    case Expr::Kind::Equal:
      return "==";
    case Expr::Kind::NotEqual:
      return "!=";
    case Expr::Kind::Less:
      return "<";
    case Expr::Kind::LessEqual:
      return "<=";
    case Expr::Kind::Greater:
      return ">";
    case Expr::Kind::GreaterEqual:
      return ">=";
    case Expr::Kind::In:
      return "in";
    case Expr::Kind::Add:
      return "+";
    case Expr::Kind::Subtract:
      return "-";
    case Expr::Kind::Multiply:
      return "*";
    case Expr::Kind::Divide:
      return "/";
    case Expr::Kind::Negate:
      return "negate";
    case Expr::Kind::ToFloat:
      return "float";
    case Expr::Kind::Has:
      return "has";
    case Expr::Kind::Coalesce:
      return "??";
    case Expr::Kind::When:
      return "when";
  }
  return "";
}

// Prefix form with types: (> want:bytes 1073741824:bytes)
std::string ExprText(const Expr& expr) {
  const std::string_view type = vm::TypeName(expr.type);
  switch (expr.kind) {
    case Expr::Kind::Int:
      return fmt::format("{}:{}", expr.integer, type);
    case Expr::Kind::Float:
      return fmt::format("{:g}:{}", expr.number, type);
    case Expr::Kind::Text:
      return fmt::format("\"{}\"", expr.text);
    case Expr::Kind::Slot:
      return fmt::format("slot{}:{}", expr.slot, type);
    default:
      break;
  }
  std::string out = fmt::format("({}", OperatorName(expr.kind));
  for (const Expr& arg : expr.args) {
    out += " " + ExprText(arg);
  }
  return out + ")";
}

std::string VerdictText(const Module& module, const Verdict& verdict) {
  std::string out;
  for (const NodeId id :
       {verdict.symptom, verdict.cause, verdict.stage, verdict.outcome}) {
    if (id.valid()) {
      out += (out.empty() ? ": " : ", ") + module.nodes[id.index()].path;
    }
  }
  return out;
}

std::string EventName(const Module& module, EventId event) {
  const size_t sigs = module.signatures.size();
  if (event.index() < sigs) {
    return module.signatures[event.index()].meaning.name;
  }
  const size_t rule = event.index() - sigs;
  return rule < module.rules.size()
             ? module.rules[rule].meaning.name
             : module.blocks[rule - module.rules.size()].name;
}

std::string Events(const Module& module, const std::vector<EventId>& events) {
  std::string out;
  for (const EventId event : events) {
    out += (out.empty() ? "" : " ") + EventName(module, event);
  }
  return out;
}

std::string ReachText(const Reach& reach) {
  switch (reach.kind) {
    case Reach::Kind::None:
      return "nothing";
    case Reach::Kind::Run:
      return "run";
    case Reach::Kind::Stream:
      return "stream";
    case Reach::Kind::Duration:
      return fmt::format("{}ns", reach.amount);
    case Reach::Kind::Lines:
      return fmt::format("{} lines", reach.amount);
  }
  return "";
}

std::string MeaningText(const Module& module, const Meaning& meaning) {
  static constexpr std::string_view kRoles[] = {"root", "cascade", "confirm",
                                                "context"};
  std::string out =
      fmt::format("  role {}\n", kRoles[static_cast<size_t>(meaning.role)]);
  for (const Explains& explains : meaning.explains) {
    out += fmt::format("  explains {} back {} for {}\n",
                       Events(module, explains.events),
                       ReachText(explains.back), ReachText(explains.for_));
  }
  for (const Explains& clears : meaning.clears) {
    out += fmt::format("  clears {}\n", Events(module, clears.events));
  }
  if (!meaning.over.empty()) {
    out += fmt::format("  over {}\n", Events(module, meaning.over));
  }
  return out;
}

void AddHeaders(std::string_view word,
                const std::vector<HeaderPattern>& headers, std::string* out) {
  for (const HeaderPattern& header : headers) {
    *out += fmt::format("  {} {}\n", word, PatternText(header.pattern));
  }
}

std::string SpreadText(const Step& step) {
  const auto field = [&] { return step.slots[step.from.slot].name; };
  switch (step.from.kind) {
    case vm::Spread::Kind::None:
      return "";
    case vm::Spread::Kind::AtLeast:
      return fmt::format(" from {}+ {}", step.from.count, field());
    case vm::Spread::Kind::Only:
      return fmt::format(" from only {} {}", step.from.count, field());
    case vm::Spread::Kind::All:
      return fmt::format(" from all {}", field());
  }
  return "";
}

}  // namespace

std::string Dump(const Module& module) {
  std::string out;
  for (const vm::Node& node : module.nodes) {
    static constexpr std::string_view kAxes[] = {"symptom", "cause", "stage",
                                                 "outcome"};
    out += fmt::format("node {} {}\n", kAxes[static_cast<size_t>(node.axis)],
                       node.path);
  }
  for (const Field& field : module.fields) {
    out += fmt::format("field {}:{}{}\n", field.name, vm::TypeName(field.type),
                       field.is_key ? " key" : "");
  }
  for (const Source& source : module.sources) {
    out += fmt::format("source {}\n", source.name);
    AddHeaders("prefix", source.prefixes, &out);
    for (const vm::JsonField& json : source.json) {
      out += fmt::format(
          "  json {} {}\n",
          json.field.valid() ? module.fields[json.field.index()].name : "msg",
          fmt::join(json.path, "."));
    }
    AddHeaders("line", source.lines, &out);
    for (const Pattern& run : source.runs) {
      out += fmt::format("  run {}\n", PatternText(run));
    }
    for (const Pattern& drop : source.drops) {
      out += fmt::format("  drop {}\n", PatternText(drop));
    }
  }
  for (const Block& block : module.blocks) {
    out += fmt::format("block {}{} max {}\n  open {}\n", block.name,
                       block.quiet ? " quiet" : "", block.max_lines,
                       PatternText(block.open));
    for (const Pattern& body : block.bodies) {
      out += fmt::format("  body {}\n", PatternText(body));
    }
    for (const Pattern& close : block.closes) {
      out += fmt::format("  close {}\n", PatternText(close));
    }
  }
  for (const Signature& signature : module.signatures) {
    out += fmt::format("sig {}{}\n", signature.meaning.name,
                       VerdictText(module, signature.meaning.verdict));
    out += fmt::format("  pattern {}\n", PatternText(signature.pattern));
    for (size_t k = 0; k < signature.slots.size(); ++k) {
      const Slot& slot = signature.slots[k];
      out += fmt::format("  slot{} {}:{}{}{}\n", k, slot.name,
                         vm::TypeName(slot.type), slot.maybe_absent ? "?" : "",
                         slot.field.valid() ? " (header)" : "");
    }
    if (signature.where.has_value()) {
      out += fmt::format("  where {}\n", ExprText(*signature.where));
    }
    out += MeaningText(module, signature.meaning);
  }
  for (const Rule& rule : module.rules) {
    out += fmt::format("rule {}{} depth {}\n", rule.meaning.name,
                       VerdictText(module, rule.meaning.verdict), rule.depth);
    for (const Step& step : rule.steps) {
      out += fmt::format(
          "  step {} {}{}{}{}+ {}{}", step.group, step.absent ? "no " : "",
          step.last ? "last " : "", step.alias.empty() ? "" : step.alias + ": ",
          step.count, Events(module, step.events), SpreadText(step));
      if (step.where.has_value()) {
        out += " where " + ExprText(*step.where);
      }
      if (step.join.has_value()) {
        out += " join " + ExprText(*step.join);
      }
      if (step.hold.kind != vm::Reach::Kind::None) {
        out += " for " + ReachText(step.hold);
      }
      out += step.or_eof ? " or eof\n" : "\n";
    }
    for (const Reach& reach : rule.within) {
      out += fmt::format("  within {}\n", ReachText(reach));
    }
    if (rule.during.valid()) {
      out +=
          fmt::format("  during {}\n", module.nodes[rule.during.index()].path);
    }
    out += MeaningText(module, rule.meaning);
  }
  for (const Phase& phase : module.phases) {
    out += fmt::format(
        "stage {} from {} to {}{}{}\n", module.nodes[phase.node.index()].path,
        Events(module, phase.from), Events(module, phase.to),
        phase.by.empty() ? "" : " by ", fmt::join(phase.by, ", "));
  }
  return out;
}

}  // namespace telltale::hir
