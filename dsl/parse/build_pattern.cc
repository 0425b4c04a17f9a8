// Patterns and expressions of the syntax tree as ast values.
#include "dsl/parse/build_pattern.h"

#include <algorithm>

#include "dsl/parse/parser.h"
#include "runtime/base/check.h"
#include "runtime/base/narrow.h"

namespace telltale::parse {

const Syntax* Reader::Find(const Syntax& node, Kind kind) {
  for (const Syntax& child : node.children) {
    if (child.kind == kind) {
      return &child;
    }
  }
  return nullptr;
}

std::string_view Reader::Text(const Syntax& node) const {
  return sources_.TextOf({node.begin, node.end});
}

Span Reader::SpanOf(const Syntax& node) const {
  std::string_view text = Text(node);
  const size_t last = text.find_last_not_of(" \t\r\n");
  const size_t size = last == std::string_view::npos ? 0 : last + 1;
  return {node.begin, node.begin + Narrow<uint32_t>(size)};
}

ast::Name Reader::Name(const Syntax& node) const {
  return {std::string(Text(node)), {node.begin, node.end}};
}

// ----------------------------------------------------------------- strings

std::string Reader::Unescape(std::string_view text, uint32_t begin,
                             bool in_text) {
  std::string out;
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\\' || at + 1 == text.size()) {
      out.push_back(text[at]);
      continue;
    }
    const char c = text[++at];
    switch (c) {
      case '"':
      case '\\':
        out.push_back(c);
        continue;
      case 'n':
        out.push_back('\n');
        continue;
      case 't':
        out.push_back('\t');
        continue;
      case 'r':
        out.push_back('\r');
        continue;
      case '0':
        out.push_back('\0');
        continue;
      default:
        break;
    }
    const auto hex = [&](size_t k) -> int {
      const char h = k < text.size() ? text[k] : '\0';
      return h >= '0' && h <= '9'   ? h - '0'
             : h >= 'a' && h <= 'f' ? h - 'a' + 10
             : h >= 'A' && h <= 'F' ? h - 'A' + 10
                                    : -1;
    };
    if (c == 'x' && hex(at + 1) >= 0 && hex(at + 2) >= 0) {
      out.push_back(static_cast<char>(hex(at + 1) * 16 + hex(at + 2)));
      at += 2;
      continue;
    }
    const auto where = begin + Narrow<uint32_t>(at - 1);
    diags_.Emit({where, where + 2}, diag::BadEscape, std::string(1, c))
        .Help(in_text ? "write `\\\\` for a backslash; for a regular "
                        "expression write /.../ or a {:/.../} hole"
                      : "write `\\\\` for a backslash, or put the string in "
                        "backticks");
  }
  return out;
}

ast::String Reader::String(const Syntax& node) {
  const std::string_view text = Text(node);
  const std::string_view inner = text.substr(1, text.size() - 2);
  return {text.front() == '`' ? std::string(inner)
                              : Unescape(inner, node.begin + 1, false),
          {node.begin, node.end}};
}

ast::Literal Reader::Literal(const Syntax& node) {
  ast::Literal literal;
  const Syntax& inner = node.kind == Kind::literal && !node.children.empty()
                            ? node.children[0]
                            : node;
  literal.span = {inner.begin, inner.end};
  literal.text = std::string(Text(inner));
  using K = ast::Literal::Kind;
  switch (inner.kind) {
    case Kind::bytes:
      literal.kind = K::Bytes;
      break;
    case Kind::duration:
      literal.kind = K::Duration;
      break;
    case Kind::percent:
      literal.kind = K::Percent;
      break;
    case Kind::version:
      literal.kind = K::Version;
      break;
    case Kind::float_:
      literal.kind = K::Float;
      break;
    case Kind::hex:
      literal.kind = K::Hex;
      break;
    case Kind::int_:
      literal.kind = K::Int;
      break;
    case Kind::string_:
      literal.kind = K::String;
      literal.text = String(inner).value;
      break;
    default:
      literal.kind = K::Bool;
      break;
  }
  return literal;
}

// ---------------------------------------------------------------- patterns

ast::HoleType Reader::HoleType(const Syntax& node) {
  ast::HoleType type;
  type.span = {node.begin, node.end};
  type.optional = Find(node, Kind::optional_mark) != nullptr;
  const Syntax& first = node.children[0];
  if (first.kind == Kind::typename_) {
    type.kind = ast::HoleType::Kind::Named;
    type.text = std::string(Text(first));
  } else if (first.kind == Kind::hole_regex) {
    type.kind = ast::HoleType::Kind::Regex;
    type.text = std::string(Text(first.children[0]));
    type.span = {first.children[0].begin, first.children[0].end};
  } else {
    type.kind = ast::HoleType::Kind::Enum;
    for (const Syntax& option : first.children) {
      type.options.emplace_back(Text(option));
    }
  }
  return type;
}

ast::Piece Reader::Hole(const Syntax& node) {
  ast::Piece piece;
  piece.span = {node.begin, node.end};
  const Syntax& body = node.children[0];
  switch (body.kind) {
    case Kind::hole_skip:
      piece.kind = ast::Piece::Kind::Skip;
      break;
    case Kind::hole_let:
      piece.kind = ast::Piece::Kind::Let;
      piece.name = Name(body.children[0]);
      break;
    case Kind::hole_param:
      piece.kind = ast::Piece::Kind::Param;
      piece.name = Name(body.children[0]);
      break;
    case Kind::hole_name:
      piece.kind = ast::Piece::Kind::Hole;
      piece.name = Name(body);
      break;
    default:
      piece.kind = ast::Piece::Kind::Hole;
      for (const Syntax& child : body.children) {
        if (child.kind == Kind::hole_name) {
          piece.name = Name(child);
        } else {
          piece.type = HoleType(child);
        }
      }
      break;
  }
  return piece;
}

void Reader::AddPieces(const Syntax& quoted, bool escapes,
                       ast::Pattern* pattern) {
  for (const Syntax& child : quoted.children) {
    if (child.kind == Kind::hole) {
      pattern->pieces.push_back(Hole(child));
      continue;
    }
    const std::string_view text = Text(child);
    std::string literal = child.kind == Kind::brace
                              ? std::string(text.substr(0, 1))
                          : escapes ? Unescape(text, child.begin, true)
                                    : std::string(text);
    if (!pattern->pieces.empty() &&
        pattern->pieces.back().kind == ast::Piece::Kind::Literal) {
      pattern->pieces.back().text += literal;
      pattern->pieces.back().span.end = child.end;
      continue;
    }
    ast::Piece piece;
    piece.text = std::move(literal);
    piece.span = {child.begin, child.end};
    pattern->pieces.push_back(std::move(piece));
  }
}

ast::Pattern Reader::Searched(const Syntax& node) {
  ast::Pattern pattern;
  pattern.span = {node.begin, node.end};
  for (const Syntax& child : node.children) {
    if (child.kind == Kind::anchor) {
      pattern.anchor_start = true;
    } else if (child.kind == Kind::end_) {
      pattern.anchor_end = true;
    } else {
      pattern.kind = child.kind == Kind::text ? ast::Pattern::Kind::Text
                                              : ast::Pattern::Kind::Regex;
      for (const Syntax& part : child.children) {
        const std::string_view text = Text(part);
        if (part.kind == Kind::flags) {
          pattern.ignore_case = text.find('i') != std::string_view::npos;
          pattern.whole_words = text.find('w') != std::string_view::npos;
        } else if (part.kind == Kind::regex_body) {
          pattern.regex = std::string(text);
          pattern.text_span = {part.begin, part.end};
        } else {
          pattern.text_span = {part.begin + 1, part.end - 1};
          AddPieces(part, part.kind == Kind::quoted, &pattern);
        }
      }
    }
  }
  return pattern;
}

ast::Pattern Reader::Pattern(const Syntax& node) {
  ast::Pattern pattern;
  pattern.span = SpanOf(node);
  switch (node.kind) {
    case Kind::pattern:
    case Kind::both: {
      if (node.children.size() == 1) {
        return Pattern(node.children[0]);
      }
      pattern.kind = node.kind == Kind::pattern ? ast::Pattern::Kind::Or
                                                : ast::Pattern::Kind::And;
      for (const Syntax& child : node.children) {
        pattern.children.push_back(Pattern(child));
      }
      return pattern;
    }
    case Kind::paren:
      return Pattern(node.children[0]);
    case Kind::not_term:
      pattern.kind = ast::Pattern::Kind::Not;
      pattern.children.push_back(Pattern(node.children[0]));
      return pattern;
    case Kind::let_term:
      pattern.kind = ast::Pattern::Kind::Let;
      pattern.let = Name(node.children[0]);
      return pattern;
    case Kind::searched:
      return Searched(node);
    case Kind::text: {  // a text where no anchor may stand
      Syntax searched{Kind::searched, node.begin, node.end, {node}};
      return Searched(searched);
    }
    default:
      break;
  }
  TT_CHECK(false, "not a pattern");
  return pattern;
}

// ------------------------------------------------------------- expressions

ast::Ref Reader::Ref(const Syntax& node) {
  ast::Ref ref;
  ref.span = SpanOf(node);
  for (const Syntax& child : node.children) {
    ast::RefStep step;
    step.span = {child.begin, child.end};
    if (child.kind == Kind::ref_index) {
      step.index.push_back(Expr(child.children[0]));
    } else {
      step.name = std::string(Text(child));
    }
    ref.steps.push_back(std::move(step));
  }
  return ref;
}

// a + b - c, a or b or c: from the left.
ast::Expr Reader::Chain(const Syntax& node, Kind op) {
  ast::Expr left = Expr(node.children[0]);
  // With signs in between, but for `and` and `or`.
  const bool has_signs = op != Kind::and_ && op != Kind::expr;
  if (node.children.size() / (has_signs ? 2 : 1) > kMaxOperands) {
    diags_
        .Emit(SpanOf(node), diag::PatternTooLarge, "operands in a row",
              kMaxOperands)
        .Help("write `x in {...}`, or look the values up in a `table`");
    return left;
  }
  for (size_t k = 1; k < node.children.size(); ++k) {
    ast::Expr both;
    if (op == Kind::and_ || op == Kind::expr) {
      both.kind = op == Kind::and_ ? ast::Expr::Kind::And : ast::Expr::Kind::Or;
    } else {
      const char sign = Text(node.children[k++])[0];
      both.kind = sign == '+'   ? ast::Expr::Kind::Add
                  : sign == '-' ? ast::Expr::Kind::Subtract
                  : sign == '*' ? ast::Expr::Kind::Multiply
                                : ast::Expr::Kind::Divide;
    }
    both.args.push_back(std::move(left));
    both.args.push_back(Expr(node.children[k]));
    both.span = Cover(both.args[0].span, both.args[1].span);
    left = std::move(both);
  }
  return left;
}

ast::Expr Reader::Compare(const Syntax& node) {
  ast::Expr left = Expr(node.children[0]);
  if (node.children.size() == 1) {
    return left;
  }
  const Syntax& rest = node.children[1];
  ast::Expr expr;
  expr.args.push_back(std::move(left));
  if (rest.kind == Kind::compare) {
    const std::string_view op = Text(rest.children[0]);
    using K = ast::Expr::Kind;
    expr.kind = op == "=="   ? K::Equal
                : op == "!=" ? K::NotEqual
                : op == "<"  ? K::Less
                : op == "<=" ? K::LessEqual
                : op == ">"  ? K::Greater
                             : K::GreaterEqual;
    expr.args.push_back(Expr(rest.children[1]));
  } else if (rest.kind == Kind::matches) {
    expr.kind = ast::Expr::Kind::Matches;
    expr.pattern.push_back(Pattern(rest.children[0]));
  } else {
    expr.negated = Find(rest, Kind::not_in) != nullptr;
    const Syntax& what = rest.children.back();
    expr.kind = ast::Expr::Kind::In;
    if (what.kind == Kind::range) {
      expr.kind = what.children.size() == 2 ? ast::Expr::Kind::InRange
                                            : ast::Expr::Kind::In;
      for (const Syntax& child : what.children) {
        expr.args.push_back(Expr(child));
      }
    } else {
      expr.args.push_back(Expr(what));
    }
  }
  expr.span = SpanOf(node);
  return expr;
}

ast::Expr Reader::Expr(const Syntax& node) {
  ast::Expr expr;
  expr.span = SpanOf(node);
  switch (node.kind) {
    case Kind::expr:
    case Kind::and_:
    case Kind::sum:
    case Kind::mul:
      return Chain(node, node.kind);
    case Kind::negated:
      expr.kind = ast::Expr::Kind::Not;
      expr.args.push_back(Expr(node.children[0]));
      return expr;
    case Kind::cmp:
      return Compare(node);
    case Kind::negate:
      expr.kind = ast::Expr::Kind::Negate;
      expr.args.push_back(Expr(node.children.back()));
      return expr;
    case Kind::alt:
      if (node.children.size() == 1) {
        return Expr(node.children[0]);
      }
      expr.kind = ast::Expr::Kind::Coalesce;
      expr.args.push_back(Expr(node.children[0]));
      expr.args.push_back(Expr(node.children[1]));
      return expr;
    case Kind::has_:
      expr.kind = ast::Expr::Kind::Has;
      expr.ref = Ref(node.children[0]);
      return expr;
    case Kind::call:
      expr.kind = ast::Expr::Kind::Call;
      expr.callee = std::string(Text(node.children[0]));
      expr.args.push_back(Expr(node.children[1]));
      if (node.children.size() > 2) {
        expr.count = Literal(node.children[2]);
      }
      return expr;
    case Kind::literal:
      expr.kind = ast::Expr::Kind::Literal;
      expr.literal = Literal(node);
      return expr;
    case Kind::ref:
      expr.kind = ast::Expr::Kind::Ref;
      expr.ref = Ref(node);
      return expr;
    case Kind::group_:
      return Expr(node.children[0]);
    case Kind::setlit:
      expr.kind = ast::Expr::Kind::Set;
      for (const Syntax& child : node.children) {
        expr.args.push_back(Expr(child));
      }
      return expr;
    default:
      break;
  }
  TT_CHECK(false, "not an expression");
  return expr;
}

}  // namespace telltale::parse
