// Internal: the parts of build_ast that other parts use.
#pragma once

#include <string>
#include <string_view>

#include "dsl/ast/ast.h"
#include "dsl/diag/diagnostic.h"
#include "dsl/parse/syntax.h"
#include "dsl/source/source_map.h"

namespace telltale::parse {

// Reads nodes of the syntax tree. Children are found by kind.
class Reader {
 public:
  Reader(const SourceMap& sources, DiagSink& diags)
      : sources_(sources), diags_(diags) {}

  static const Syntax* Find(const Syntax& node, Kind kind);
  [[nodiscard]] std::string_view Text(const Syntax& node) const;
  // Without the blanks that follow.
  [[nodiscard]] Span SpanOf(const Syntax& node) const;

  [[nodiscard]] ast::Name Name(const Syntax& node) const;
  // A string literal, escapes resolved; unknown ones are reported.
  ast::String String(const Syntax& node);
  ast::Literal Literal(const Syntax& node);
  ast::Pattern Pattern(const Syntax& node);
  ast::Expr Expr(const Syntax& node);

 private:
  std::string Unescape(std::string_view text, uint32_t begin, bool in_text);
  ast::HoleType HoleType(const Syntax& node);
  ast::Piece Hole(const Syntax& node);
  ast::Pattern Searched(const Syntax& node);
  void AddPieces(const Syntax& quoted, bool escapes, ast::Pattern* pattern);

  ast::Ref Ref(const Syntax& node);
  ast::Expr Chain(const Syntax& node, Kind op);
  ast::Expr Compare(const Syntax& node);

  const SourceMap& sources_;
  DiagSink& diags_;
};

}  // namespace telltale::parse
