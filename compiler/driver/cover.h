// cover: which kinds of failure the rules can tell, out of all that their
// taxonomy has.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "runtime/vm/program.h"

namespace telltale::driver {

// A node without nodes below it.
struct LeafCover {
  vm::NodeId node;
  // How often it was seen, as the attribute `cases` of the node says: what a
  // rule for it is worth.
  uint64_t cases = 0;
  size_t reached_by = 0;  // signatures, rules and stages
};

struct AxisCover {
  vm::Axis axis = vm::Axis::Symptom;
  std::vector<LeafCover> leaves;  // as the taxonomy has them
};

// Symptoms, causes and stages.
std::vector<AxisCover> CoverageOf(const vm::Program& program);

// The `cases` of a node; 0 where it has none.
uint64_t CasesOf(const vm::Node& node);

}  // namespace telltale::driver
