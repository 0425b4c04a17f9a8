// The part of RuleState that reads one event: what it is to a step.
#include <algorithm>

#include "runtime/scan/evaluate.h"
#include "runtime/verdict/rule_state.h"

namespace telltale::verdict {

namespace {

using scan::Event;
using scan::kNoTime;

bool Matches(const vm::Step& step, const Event& event) {
  return std::binary_search(step.events.begin(), step.events.end(), event.type);
}

}  // namespace

std::vector<vm::Value> RuleState::OwnSlotsOf(const vm::Step& step,
                                             const Event& event) const {
  std::vector<vm::Value> slots;
  for (size_t k = 0; k < step.slot_names.size(); ++k) {
    vm::Value absent;
    absent.type = step.slot_types[k];
    slots.push_back(Named(engine_, event, step.slot_names[k]).value_or(absent));
  }
  return slots;
}

std::vector<vm::Value> RuleState::SlotsOf(const vm::Step& step,
                                          const Event& event) const {
  std::vector<vm::Value> slots = OwnSlotsOf(step, event);
  const auto number = static_cast<size_t>(&step - rule_.steps.data());
  for (size_t k = 0; k < slots.size(); ++k) {
    const std::optional<vm::Derived>& derived = step.slot_derived[k];
    if (!derived.has_value()) {
      continue;
    }
    slots[k] = derived->kind == vm::Derived::Kind::Matches
                   ? scan::MatchValue(engine_, derived->term,
                                      slots[derived->base], scratch_.get())
                   : histories_[number][k]->Of(
                         event.type, HistoryKey(step, event), slots[k].type);
  }
  return slots;
}

// The rule's key, else that of the record.
Key RuleState::HistoryKey(const vm::Step& step, const Event& event) const {
  if (rule_.key_parts > 0) {
    return KeyOf(step, event);
  }
  Key key;
  for (const vm::Value& value : event.keys) {
    key.push_back(value.present ? std::optional(vm::KeyText(value))
                                : std::nullopt);
  }
  return key;
}

void RuleState::NoteHistory(const Event& event) {
  for (size_t s = 0; s < rule_.steps.size(); ++s) {
    const vm::Step& step = rule_.steps[s];
    if (!Matches(step, event)) {
      continue;
    }
    std::vector<vm::Value> slots;
    for (size_t k = 0; k < step.slot_names.size(); ++k) {
      if (histories_[s][k] == nullptr) {
        continue;
      }
      if (slots.empty()) {
        slots = OwnSlotsOf(step, event);
      }
      const vm::Value& value = slots[step.slot_derived[k]->base];
      evicted_ =
          histories_[s][k]->Note(event.type, HistoryKey(step, event), value) ||
          evicted_;
    }
  }
}

bool RuleState::Fits(const vm::Step& step, const Event& event) const {
  return Matches(step, event) &&
         (!step.where.valid() ||
          engine_.Test(step.where, SlotsOf(step, event)));
}

Key RuleState::KeyOf(const vm::Step& step, const Event& event) const {
  Key key(rule_.key_parts);
  if (rule_.key_parts == 0) {
    return key;
  }
  const std::vector<vm::Value> slots = OwnSlotsOf(step, event);
  for (size_t k = 0; k < key.size(); ++k) {
    if (step.key[k].has && slots[step.key[k].slot].present) {
      key[k] = vm::KeyText(slots[step.key[k].slot]);
    }
  }
  return key;
}

std::optional<std::string> RuleState::SpreadValue(const vm::Step& step,
                                                  const Event& event) const {
  const auto value = Named(engine_, event, step.slot_names[step.from.slot]);
  return value.has_value() && value->present
             ? std::optional(vm::KeyText(*value))
             : std::nullopt;
}

bool RuleState::Joined(uint32_t step, const Chain& chain) const {
  if (!rule_.steps[step].join.valid()) {
    return true;
  }
  std::vector<vm::Value> all;
  for (size_t k = 0; k < rule_.steps.size(); ++k) {
    const vm::Step& each = rule_.steps[k];
    if (chain.steps[k] != kNoOccurrence) {
      const std::vector<vm::Value> slots =
          OwnSlotsOf(each, *timeline_.occurrences[chain.steps[k]].event);
      all.insert(all.end(), slots.begin(), slots.end());
      continue;
    }
    for (const vm::Type type : each.slot_types) {
      vm::Value absent;
      absent.type = type;
      all.push_back(absent);
    }
  }
  return engine_.Test(rule_.steps[step].join, all);
}

bool RuleState::Quiet(const vm::Step& step, uint32_t number, uint32_t index,
                      Chain* chain) const {
  const Occurrence& now = timeline_.occurrences[index];
  if (step.any_record) {
    return now.event->gap != kNoTime && now.event->gap > step.hold.amount;
  }
  const std::optional<uint32_t> last = latest_[number].Find(chain->key);
  if (last.has_value() &&
      Within(step.hold, timeline_.occurrences[*last], now)) {
    return false;
  }
  // The log may begin too late to tell.
  const uint32_t file = now.event->file;
  if (step.hold.kind == vm::Reach::Kind::Duration && now.run == 0 &&
      now.event->time != kNoTime && file < timeline_.begin_times.size() &&
      timeline_.begin_times[file] != kNoTime &&
      now.event->time - timeline_.begin_times[file] < step.hold.amount) {
    chain->flags |= scan::kAtStart;
  }
  return true;
}

}  // namespace telltale::verdict
