#include "runtime/verdict/values.h"

#include <algorithm>

#include "runtime/base/narrow.h"
#include "runtime/verdict/verdict.h"

namespace telltale::verdict {

std::optional<vm::Value> Named(const scan::Engine& engine,
                               const scan::Event& event,
                               std::string_view name) {
  const vm::Program& program = engine.program();
  const std::vector<vm::Slot>* slots = nullptr;
  if (!event.type.valid()) {
    // A sighting: keys only.
  } else if (program.is_signature(event.type)) {
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
  if (event.chain != 0 && (name == "link" || name == "links")) {
    value.type = vm::Type::Int;
    value.present = true;
    value.i = name == "link" ? event.link : event.links;
    return value;
  }
  if (name == "gap") {
    value.type = vm::Type::Duration;
    value.present = event.gap != scan::kNoTime;
    value.i = event.gap;
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

std::optional<std::string> KeyTextOf(const scan::Engine& engine,
                                     const Timeline& timeline,
                                     const Occurrence& occurrence,
                                     const std::optional<uint32_t>& step,
                                     std::string_view name) {
  const scan::Event* event = occurrence.event;
  if (step.has_value()) {
    const std::vector<uint32_t>& steps = occurrence.steps;
    event = *step < steps.size() && steps[*step] != kNoOccurrence
                ? timeline.occurrences[steps[*step]].event
                : nullptr;
  }
  const auto value =
      event == nullptr ? std::nullopt : Named(engine, *event, name);
  return value.has_value() && value->present
             ? std::optional(vm::KeyText(*value))
             : std::nullopt;
}

vm::Verdict VerdictOf(const scan::Engine& engine, const Timeline& timeline,
                      const Occurrence& occurrence) {
  const vm::Meaning* meaning = engine.program().meaning(occurrence.event->type);
  if (meaning == nullptr) {
    return {};
  }
  vm::Verdict verdict = meaning->verdict;
  for (const vm::VerdictLookup& lookup : meaning->lookups) {
    const std::optional<std::string> key =
        KeyTextOf(engine, timeline, occurrence, lookup.step, lookup.name);
    const auto& rows = lookup.column.rows;
    const auto row =
        std::find_if(rows.begin(), rows.end(),
                     [&](const auto& entry) { return key == entry.first; });
    const vm::NodeId node =
        row == rows.end() ? lookup.column.otherwise : row->second;
    (lookup.axis == vm::Axis::Symptom ? verdict.symptom
     : lookup.axis == vm::Axis::Cause ? verdict.cause
     : lookup.axis == vm::Axis::Stage ? verdict.stage
                                      : verdict.outcome) = node;
  }
  return verdict;
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
