// W706: leaves of a taxonomy that no signature, rule, table or stage names, but
// for outcomes: which there are is the engine's matter. A
// taxonomy of a file that others use, or of which nothing is used, is a
// library's: others will use it.
#include <set>

#include <fmt/format.h>

#include "dsl/check/context.h"

namespace telltale::check {

namespace {

constexpr size_t kToldByName = 5;

using Nodes = std::set<size_t>;

void Add(vm::NodeId node, Nodes* reached) {
  if (node.valid()) {
    reached->insert(node.index());
  }
}

void Add(const hir::Meaning& meaning, Nodes* reached) {
  const vm::Verdict& verdict = meaning.verdict;
  for (const vm::NodeId node :
       {verdict.symptom, verdict.cause, verdict.stage, verdict.outcome}) {
    Add(node, reached);
  }
  for (const vm::VerdictLookup& lookup : meaning.lookups) {
    for (const auto& [key, node] : lookup.column.rows) {
      Add(node, reached);
    }
    Add(lookup.column.otherwise, reached);
  }
}

Nodes Reached(const hir::Module& module) {
  Nodes reached;
  for (const hir::Signature& signature : module.signatures) {
    Add(signature.meaning, &reached);
  }
  for (const hir::Rule& rule : module.rules) {
    Add(rule.meaning, &reached);
  }
  for (const hir::Phase& phase : module.phases) {
    Add(phase.node, &reached);
  }
  return reached;
}

// Of one taxonomy.
struct Coverage {
  std::vector<size_t> missing;  // leaves
  bool in_use = false;
};

}  // namespace

void WarnOfUnreached(Context* context) {
  const std::vector<vm::Node>& nodes = context->module.nodes;
  const Nodes reached = Reached(context->module);
  Nodes inner;
  for (const vm::Node& node : nodes) {
    Add(node.parent, &inner);
  }
  std::map<uint32_t, Coverage> taxonomies;  // by place
  for (size_t k = 0; k < nodes.size(); ++k) {
    Coverage& coverage = taxonomies[context->node_spans[k].second.begin];
    if (reached.count(k) != 0) {
      coverage.in_use = true;
    } else if (inner.count(k) == 0 && nodes[k].axis != vm::Axis::Outcome) {
      coverage.missing.push_back(k);
    }
  }
  for (const auto& [at, coverage] : taxonomies) {
    if (!coverage.in_use || coverage.missing.empty()) {
      continue;
    }
    const auto& [first, name] = context->node_spans[coverage.missing.front()];
    if (!context->IsOwn(name)) {
      continue;
    }
    std::vector<std::string> told;
    for (const size_t k : coverage.missing) {
      if (told.size() < kToldByName) {
        told.push_back(fmt::format("`{}`", nodes[k].path));
      }
    }
    std::string list = fmt::format("{}", fmt::join(told, ", "));
    if (coverage.missing.size() > told.size()) {
      list +=
          fmt::format(" and {} more", coverage.missing.size() - told.size());
    }
    context->diags.Emit(name, diag::Unreached, list)
        .Label(first, "reached by nothing")
        .Help(
            "write a signature for it, or leave it out; a taxonomy that others "
            "share stands in a file of its own, behind `use`");
  }
}

}  // namespace telltale::check
