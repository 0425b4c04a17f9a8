// The syntax tree as indented text, for `telltale print --stage=ast`.
#pragma once

#include <string>

#include "dsl/ast/ast.h"

namespace telltale::ast {

std::string Dump(const File& file);
// In the language's own words, fully parenthesised.
std::string ToText(const Pattern& pattern);
std::string ToText(const Expr& expr);

}  // namespace telltale::ast
