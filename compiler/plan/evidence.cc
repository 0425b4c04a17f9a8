#include "compiler/plan/evidence.h"

#include <algorithm>

#include "compiler/plan/literals.h"

namespace telltale::plan {

namespace {

// Less stands in too many records by chance.
constexpr uint32_t kEnough = 4;

// The first alternative that `weak` is true of; the pattern itself if it is
// weak only as a whole.
template <typename F>
const hir::Pattern& Weakest(const hir::Pattern& pattern, const F& weak) {
  if (pattern.kind == hir::Pattern::Kind::Or) {
    for (const hir::Pattern& child : pattern.children) {
      if (weak(child)) {
        return Weakest(child, weak);
      }
    }
  }
  return pattern;
}

}  // namespace

uint32_t EvidenceOf(const hir::Pattern& pattern) {
  switch (pattern.kind) {
    case hir::Pattern::Kind::Term:
      return pattern::EvidenceOf(pattern.term);
    case hir::Pattern::Kind::Not:
      return 0;
    case hir::Pattern::Kind::And: {
      uint32_t all = 0;
      for (const hir::Pattern& child : pattern.children) {
        all += EvidenceOf(child);
      }
      return all;
    }
    case hir::Pattern::Kind::Or: {
      uint32_t least = UINT32_MAX;
      for (const hir::Pattern& child : pattern.children) {
        least = std::min(least, EvidenceOf(child));
      }
      return least;
    }
  }
  return 0;
}

void WarnOfWeakPatterns(const hir::Module& module, const vm::Program& program,
                        DiagSink& diags) {
  for (size_t k = 0; k < module.signatures.size(); ++k) {
    const hir::Signature& signature = module.signatures[k];
    if (program.signatures[k].gate.any_of.empty()) {
      const hir::Pattern& weakest =
          Weakest(signature.pattern, [](const hir::Pattern& pattern) {
            return GateOf(pattern).any_of.empty();
          });
      diags.Emit(weakest.span, diag::NoGate, signature.meaning.name)
          .Help(
              "add text that such records always hold, two bytes or more: "
              "\"...\" & ...");
      continue;
    }
    const hir::Pattern& weakest =
        Weakest(signature.pattern, [](const hir::Pattern& pattern) {
          return EvidenceOf(pattern) < kEnough;
        });
    const uint32_t evidence = EvidenceOf(weakest);
    if (evidence < kEnough) {
      diags
          .Emit(weakest.span, diag::LittleEvidence, signature.meaning.name,
                evidence)
          .Help(
              "write more of the line; or say why it is enough: `allow W701 "
              "\"...\"`");
    }
  }
}

}  // namespace telltale::plan
