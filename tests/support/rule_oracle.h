// An oracle for rules: tries every choice of events, as the reference words it.
// Slow and plain; it shares no code with the runtime.
//
// Where several choices complete a rule at one event, only the latest start is
// said; which of them is reported decides what is used up. So the oracle walks
// along with the firings that it judges: at each event it asks whether there is
// a choice, and whether one of the best was reported.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/support/rule_model.h"

namespace telltale::testing {

// What a rule reported: places of events in the stream.
struct ModelFiring {
  std::vector<uint32_t> steps;    // per step, or kNone
  std::vector<uint32_t> members;  // all that led to it, facts too, sorted
  uint64_t line = 0;              // of the record it points at
  bool at_eof = false;
  bool at_start = false;
  bool no_clock = false;

  auto operator<=>(const ModelFiring&) const = default;
};

struct Judgement {
  std::string difference;   // empty: none
  std::string expectation;  // what the oracle would have seen
  bool stopped = false;     // from some event on nothing is said
  size_t firings = 0;
};

Judgement Judge(const ModelRule& rule, const ModelStream& stream,
                const std::vector<ModelFiring>& found);

std::string FiringText(const ModelFiring& firing);

}  // namespace telltale::testing
