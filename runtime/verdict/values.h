// Internal: values of events by name, and keys made of them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/scan/engine.h"
#include "runtime/scan/event.h"
#include "runtime/verdict/timeline.h"

namespace telltale::verdict {

// The value that an event has under a name: a slot, a key field, `line`,
// `time`, `gap`; in a chain of blocks `link` and `links`.
std::optional<vm::Value> Named(const scan::Engine& engine,
                               const scan::Event& event, std::string_view name);

// A value of an occurrence, or of a step of it if that is a rule's, as the text
// of a key; nothing if absent.
std::optional<std::string> KeyTextOf(const scan::Engine& engine,
                                     const Timeline& timeline,
                                     const Occurrence& occurrence,
                                     const std::optional<uint32_t>& step,
                                     std::string_view name);

// Parts that an event lacks are wildcards: it is about every value.
using Key = std::vector<std::optional<std::string>>;

bool Complete(const Key& key);
bool Compatible(const Key& a, const Key& b);
Key Merged(const Key& a, const Key& b);

}  // namespace telltale::verdict
