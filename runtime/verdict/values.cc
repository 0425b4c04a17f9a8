#include "runtime/verdict/values.h"

#include <algorithm>

#include "runtime/base/narrow.h"

namespace telltale::verdict {

std::optional<vm::Value> Named(const scan::Engine& engine,
                               const scan::Event& event,
                               std::string_view name) {
  const vm::Program& program = engine.program();
  const std::vector<vm::Slot>* slots = nullptr;
  if (program.is_signature(event.type)) {
    slots = &program.signatures[event.type.index()].slots;
  } else if (!program.is_rule(event.type)) {
    slots = &program
                 .blocks[event.type.index() - program.signatures.size() -
                         program.rules.size()]
                 .slots;
  }
  for (size_t k = 0; slots != nullptr && k < slots->size(); ++k) {
    if ((*slots)[k].name == name) {
      return event.slots[k];
    }
  }
  for (size_t k = 0; k < event.keys.size(); ++k) {
    if (program.fields[engine.key_fields()[k].index()].name == name) {
      return event.keys[k];
    }
  }
  vm::Value value;
  if (name == "line") {
    value.type = vm::Type::Int;
    value.present = true;
    value.i = Narrow<int64_t>(event.line);
    return value;
  }
  if (name == "time") {
    value.type = vm::Type::Time;
    value.present = event.time != scan::kNoTime;
    value.i = event.time;
    return value;
  }
  return std::nullopt;
}

bool Complete(const Key& key) {
  return std::all_of(key.begin(), key.end(),
                     [](const auto& part) { return part.has_value(); });
}

bool Compatible(const Key& a, const Key& b) {
  for (size_t k = 0; k < a.size(); ++k) {
    if (a[k].has_value() && b[k].has_value() && *a[k] != *b[k]) {
      return false;
    }
  }
  return true;
}

Key Merged(const Key& a, const Key& b) {
  Key merged = a;
  for (size_t k = 0; k < merged.size(); ++k) {
    if (!merged[k].has_value()) {
      merged[k] = b[k];
    }
  }
  return merged;
}

}  // namespace telltale::verdict
