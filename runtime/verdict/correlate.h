// Correlate: rules over events. A second pass over a small stream; the state of
// each rule is bounded (see rule_state.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "runtime/scan/engine.h"
#include "runtime/verdict/timeline.h"

namespace telltale::verdict {

// What ends with the events at hand: the attempt, the whole input, or nothing
// (more may follow; then only time that has passed decides).
enum class End { Attempt, Input, Open };

// Adds the firings of all rules to the timeline, each right after the event
// whose record it points at, and says in which stage of the job events
// happened.
void Correlate(const scan::Engine& engine, Timeline* timeline,
               End end = End::Input);

// How far a rule had got right after the occurrence at `last` (an index into a
// timeline that was correlated), per value of its key. What `from all` knows of
// records without an event is left out.
struct Standing;
std::vector<Standing> StandingsOf(const scan::Engine& engine,
                                  const Timeline& timeline, size_t rule,
                                  uint32_t last);

// Is `b` within `reach` of the earlier `a`? Unknown times count as within.
bool Within(const vm::Reach& reach, const Occurrence& a, const Occurrence& b);

}  // namespace telltale::verdict
