// Thompson's construction: a pattern becomes a term, a prioritised NFA that the
// interpreter simulates and the native tier determinises.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dsl/pattern/pattern.h"
#include "runtime/vm/program.h"

namespace telltale::automata {

// Where a capture is kept. One entry per occurrence in the pattern, in the
// order they are written: a capture in two alternatives has two. Inside a
// repeat the last iteration is kept.
struct CaptureRegisters {
  uint32_t capture = 0;         // its index in the pattern
  uint32_t begin_register = 0;  // and the next one: its end
};

// `captures` may be null; then captures cost nothing. The term has at most
// pattern::ExpandedSize(node) instructions; the caller keeps that below
// vm::kMaxTermCode. Above, the term is cut short and vm::Verify refuses it.
vm::Term BuildTerm(const pattern::Node& node,
                   std::vector<CaptureRegisters>* captures);

// One instruction a line.
std::string Dump(const vm::Term& term);

}  // namespace telltale::automata
