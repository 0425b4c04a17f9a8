// Internal: the tree of matched grammar rules, between the parser (the only
// file that runs PEGTL) and build_ast (which knows no PEGTL).
#pragma once

#include <cstdint>
#include <vector>

namespace telltale::parse {

enum class Kind : uint8_t {
#define TT_RULE(name) name,
#include "dsl/parse/rules.def"
#undef TT_RULE
};

struct Syntax {
  Kind kind = Kind::name;
  uint32_t begin = 0;  // address space of the SourceMap
  uint32_t end = 0;
  std::vector<Syntax> children;
};

}  // namespace telltale::parse
