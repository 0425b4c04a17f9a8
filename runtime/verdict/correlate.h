// Correlate: rules over events. A second pass over a small stream: state is one
// register per step and key, holding the latest start that got this far
// (language.md 9.4); that finds a completion exactly when exhaustive search
// does, and reports the tightest one.
#pragma once

#include "runtime/scan/engine.h"
#include "runtime/verdict/timeline.h"

namespace telltale::verdict {

// Adds the firings of all rules to the timeline, each right after the event
// that completed it.
void Correlate(const scan::Engine& engine, Timeline* timeline);

// Is `b` within `reach` of the earlier `a`? Unknown times count as within.
bool Within(const vm::Reach& reach, const Occurrence& a, const Occurrence& b);

}  // namespace telltale::verdict
