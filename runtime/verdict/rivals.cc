#include "runtime/verdict/rivals.h"

#include <algorithm>
#include <optional>

#include "runtime/base/check.h"

namespace telltale::verdict {

namespace {

bool IsOver(const vm::Meaning& meaning, vm::EventId other) {
  return std::binary_search(meaning.over.begin(), meaning.over.end(), other);
}

}  // namespace

bool Competes(const vm::Program& program, vm::EventId event,
              const vm::Verdict& verdict) {
  const vm::Meaning* meaning = program.meaning(event);
  return meaning != nullptr &&
         (verdict.is_candidate() || meaning->role != vm::Role::Root ||
          !meaning->over.empty());
}

Advantage AdvantageOver(const vm::Program& program, vm::EventId first,
                        vm::EventId second) {
  const vm::Meaning& a = *program.meaning(first);
  const vm::Meaning& b = *program.meaning(second);
  const auto if_so = [](bool wins, Advantage by) {
    return wins ? by : Advantage::None;
  };
  if (IsOver(a, second) || IsOver(b, first)) {
    return if_so(IsOver(a, second), Advantage::Over);
  }
  // What is a root only if nothing else is does not silence what is one.
  const bool a_follows = a.role == vm::Role::Cascade;
  const bool b_follows = b.role == vm::Role::Cascade;
  if (a_follows != b_follows) {
    return if_so(b_follows, Advantage::Role);
  }
  if (a.evidence != b.evidence) {
    return if_so(a.evidence > b.evidence, Advantage::Evidence);
  }
  return if_so(a.name < b.name, Advantage::Name);
}

size_t WinnerOf(const vm::Program& program,
                std::span<const vm::EventId> rivals) {
  // `over` first, so that the order of the rivals does not matter: without it
  // they are in one order.
  const auto ruled_out = [&](vm::EventId rival) {
    return std::any_of(rivals.begin(), rivals.end(), [&](vm::EventId other) {
      return AdvantageOver(program, other, rival) == Advantage::Over;
    });
  };
  std::optional<size_t> best;
  for (size_t k = 0; k < rivals.size(); ++k) {
    if (!ruled_out(rivals[k]) &&
        (!best.has_value() ||
         AdvantageOver(program, rivals[k], rivals[*best]) != Advantage::None)) {
      best = k;
    }
  }
  TT_CHECK(best.has_value(), "`over` makes no ring");
  return *best;
}

}  // namespace telltale::verdict
