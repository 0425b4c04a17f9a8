#include "compiler/driver/cover.h"

#include <charconv>
#include <set>

namespace telltale::driver {

namespace {

void Add(vm::NodeId node, std::set<vm::NodeId>* nodes) {
  if (node.valid()) {
    nodes->insert(node);
  }
}

// All that one item can say, whatever its values are.
std::set<vm::NodeId> NodesOf(const vm::Meaning& meaning) {
  std::set<vm::NodeId> nodes;
  const vm::Verdict& verdict = meaning.verdict;
  for (const vm::NodeId node :
       {verdict.symptom, verdict.cause, verdict.stage}) {
    Add(node, &nodes);
  }
  for (const vm::VerdictLookup& lookup : meaning.lookups) {
    Add(lookup.column.otherwise, &nodes);
    for (const auto& [key, node] : lookup.column.rows) {
      Add(node, &nodes);
    }
  }
  return nodes;
}

std::vector<size_t> Reached(const vm::Program& program) {
  std::vector<size_t> reached(program.nodes.size(), 0);
  const auto count = [&](const vm::Meaning& meaning) {
    for (const vm::NodeId node : NodesOf(meaning)) {
      ++reached[node.index()];
    }
  };
  for (const vm::Signature& signature : program.signatures) {
    count(signature.meaning);
  }
  for (const vm::Rule& rule : program.rules) {
    count(rule.meaning);
  }
  for (const vm::Phase& phase : program.phases) {
    ++reached[phase.node.index()];
  }
  return reached;
}

}  // namespace

uint64_t CasesOf(const vm::Node& node) {
  uint64_t cases = 0;
  for (const vm::Attribute& attribute : node.attributes) {
    if (attribute.name == "cases") {
      std::from_chars(attribute.value.data(),
                      attribute.value.data() + attribute.value.size(), cases);
    }
  }
  return cases;
}

std::vector<AxisCover> CoverageOf(const vm::Program& program) {
  const std::vector<size_t> reached = Reached(program);
  std::vector<bool> inner(program.nodes.size(), false);
  for (const vm::Node& node : program.nodes) {
    if (node.parent.valid()) {
      inner[node.parent.index()] = true;
    }
  }
  std::vector<AxisCover> axes;
  for (const vm::Axis axis :
       {vm::Axis::Symptom, vm::Axis::Cause, vm::Axis::Stage}) {
    AxisCover cover{axis, {}};
    for (size_t k = 0; k < program.nodes.size(); ++k) {
      if (program.nodes[k].axis == axis && !inner[k]) {
        cover.leaves.push_back(
            {vm::NodeId(k), CasesOf(program.nodes[k]), reached[k]});
      }
    }
    axes.push_back(std::move(cover));
  }
  return axes;
}

}  // namespace telltale::driver
