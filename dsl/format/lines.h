// Internal: which tokens of a rule file begin a line, before any is too long.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "dsl/ast/ast.h"
#include "dsl/source/source_map.h"

namespace telltale::format {

// A comment on a line of its own.
struct Remark {
  std::string_view text;
  size_t column = 0;         // in the source, from 0
  bool after_blank = false;  // a blank line stands before it
};

struct Token {
  std::string_view text;
  uint32_t at = 0;    // address
  size_t column = 0;  // in the source, from 0
  bool after_blank = false;
  std::vector<Remark> above;  // own lines before it
  std::string_view beside;    // a comment at the end of its line; or empty
};

// What kind of line it is says how it is printed.
enum class LineKind {
  Plain,
  Pattern,  // a pattern alone: `|` begins lines as far left as the first term
  Clause,   // `KEYWORD ...`
  Source,   // a clause of a source or a block: operands stand in one column
  Node,     // of a taxonomy: title and attributes stand in columns
  Row,      // of a table
};

struct Line {
  size_t first = 0;  // tokens [first, last)
  size_t last = 0;
  size_t indent = 0;
  LineKind kind = LineKind::Plain;
  bool may_join = false;  // stands on the line before, if both fit
  bool begins_item = false;
  size_t operand = 0;         // Source: blanks from the indent to the operand
  size_t block = 0;           // Node, Row: equal for lines that share columns
  std::vector<size_t> cells;  // Node, Row: tokens that begin a column
};

struct Layout {
  std::vector<Token> tokens;
  std::vector<Remark> rest;  // comments after the last token
  std::vector<Line> lines;
};

Layout CutLines(const SourceMap& sources, const ast::File& file, size_t width);

}  // namespace telltale::format
