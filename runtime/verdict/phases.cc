#include "runtime/verdict/phases.h"

#include <algorithm>

namespace telltale::verdict {

Key Phases::KeyOf(const vm::Phase& phase, const scan::Event& event) const {
  Key key;
  for (const std::string& name : phase.by) {
    const auto value = Named(engine_, event, name);
    key.push_back(value.has_value() && value->present
                      ? std::optional(vm::KeyText(*value))
                      : std::nullopt);
  }
  return key;
}

vm::NodeId Phases::Feed(const Occurrence& occurrence) {
  const std::vector<vm::Phase>& phases = engine_.program().phases;
  if (occurrence.run != run_) {
    run_ = occurrence.run;
    for (auto& open : open_) {
      open.clear();
    }
  }
  const scan::Event& event = *occurrence.event;
  vm::NodeId stage;
  uint64_t since = 0;
  for (size_t k = 0; k < phases.size(); ++k) {
    const Key key = KeyOf(phases[k], event);
    for (const auto& [other, opened] : open_[k]) {
      if (opened > since && Compatible(other, key)) {
        since = opened;
        stage = phases[k].node;
      }
    }
  }
  ++clock_;
  for (size_t k = 0; k < phases.size(); ++k) {
    const auto is = [&](const std::vector<vm::EventId>& events) {
      return std::binary_search(events.begin(), events.end(), event.type);
    };
    const Key key = KeyOf(phases[k], event);
    if (is(phases[k].to)) {
      std::erase_if(open_[k], [&](const auto& entry) {
        return Compatible(entry.first, key);
      });
    }
    if (is(phases[k].from)) {
      open_[k][key] = clock_;
    }
  }
  return stage;
}

}  // namespace telltale::verdict
