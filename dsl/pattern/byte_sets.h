// The sets of bytes that escapes such as \d stand for. ASCII only: patterns
// work on bytes, and log data need not be text.
#pragma once

#include <optional>

#include "dsl/pattern/pattern.h"

namespace telltale::pattern {

ByteSet Range(unsigned from, unsigned to);  // both ends included
ByteSet Digits();
ByteSet WordBytes();  // letters, digits, `_`
ByteSet Spaces();     // blank, \t \n \v \f \r

// The set of the escape \d \D \w \W \s \S; none for other letters.
std::optional<ByteSet> NamedClass(char letter);

// Adds the other case of each ASCII letter.
ByteSet Folded(ByteSet set);

}  // namespace telltale::pattern
