// Format: the one layout of rule files. The words stay as they are; blanks and
// line breaks between them are made anew, so that layout is never a question.
//
// Two steps: lines.h cuts the tokens of a file into lines (which clause begins
// one), format.cc prints them (blanks, lines that are too long, comments).
#pragma once

#include <string>

#include "dsl/ast/ast.h"
#include "dsl/source/source_map.h"

namespace telltale {

// Where strings leave a choice, lines are not longer than this.
inline constexpr size_t kFormatWidth = 120;

// The text of `file` laid out, without its byte order mark. `file` is what
// Parse made of it, without errors. Its syntax tree is the same as before, and
// laying it out again changes nothing.
std::string Format(const SourceMap& sources, const ast::File& file);

}  // namespace telltale
