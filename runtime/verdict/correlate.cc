#include "runtime/verdict/correlate.h"

#include <algorithm>
#include <list>
#include <map>
#include <optional>

#include "runtime/base/narrow.h"

namespace telltale::verdict {

namespace {

using scan::Event;
using scan::kNoTime;

// The value that an event has under a name: a slot, or a key field.
std::optional<vm::Value> Named(const scan::Engine& engine, const Event& event,
                               const std::string& name) {
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
    value.present = event.time != kNoTime;
    value.i = event.time;
    return value;
  }
  return std::nullopt;
}

std::string KeyText(const vm::Value& value) {
  return value.rep() == vm::Rep::Text
             ? std::string(value.text)
             : std::to_string(value.rep() == vm::Rep::Float
                                  ? static_cast<int64_t>(value.f * 1e6)
                                  : value.i);
}

// Parts that an event lacks are wildcards.
using Key = std::vector<std::optional<std::string>>;

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

class RuleState {
 public:
  RuleState(const scan::Engine& engine, const vm::Rule& rule,
            Timeline* timeline)
      : engine_(engine), rule_(rule), timeline_(*timeline) {
    for (uint32_t s = 0; s < rule.steps.size(); ++s) {
      // `3+ a` is a -> a -> a.
      stages_.insert(stages_.end(), rule.steps[s].count, s);
    }
    spans_runs_ = std::any_of(rule.within.begin(), rule.within.end(),
                              [](const vm::Reach& reach) {
                                return reach.kind == vm::Reach::Kind::Stream;
                              });
  }

  // The occurrences of each stage, if `index` completes the rule.
  std::optional<std::vector<uint32_t>> Feed(uint32_t index) {
    const Occurrence now = timeline_.occurrences[index];
    if (!spans_runs_ && now.run != run_) {
      registers_.clear();
      recent_.clear();
      run_ = now.run;
    }
    // Later stages first, so that one event is not two steps of a chain.
    for (size_t stage = stages_.size(); stage-- > 0;) {
      const vm::Step& step = rule_.steps[stages_[stage]];
      if (!std::binary_search(step.events.begin(), step.events.end(),
                              now.event->type) ||
          !Holds(step, *now.event)) {
        continue;
      }
      std::optional<Chain> chain = Advance(stage, index, KeyOf(step, now));
      if (!chain.has_value()) {
        continue;
      }
      if (stage + 1 == stages_.size()) {
        Reset(chain->key);
        return chain->occurrences;
      }
      Keep(stage, std::move(*chain));
    }
    return std::nullopt;
  }

  [[nodiscard]] bool evicted() const { return evicted_; }
  [[nodiscard]] const std::vector<uint32_t>& stages() const { return stages_; }

 private:
  struct Chain {
    Key key;
    std::vector<uint32_t> occurrences;
  };
  struct Registers {
    std::vector<std::optional<Chain>> at;  // per stage
    std::list<Key>::iterator recent;
  };

  std::vector<vm::Value> SlotsOf(const vm::Step& step,
                                 const Event& event) const {
    std::vector<vm::Value> slots;
    for (size_t k = 0; k < step.slot_names.size(); ++k) {
      vm::Value absent;
      absent.type = step.slot_types[k];
      slots.push_back(
          Named(engine_, event, step.slot_names[k]).value_or(absent));
    }
    return slots;
  }

  bool Holds(const vm::Step& step, const Event& event) const {
    return !step.where.valid() ||
           engine_.Test(step.where, SlotsOf(step, event));
  }

  Key KeyOf(const vm::Step& step, const Occurrence& now) const {
    Key key(rule_.key_parts);
    if (rule_.key_parts == 0) {
      return key;
    }
    const std::vector<vm::Value> slots = SlotsOf(step, *now.event);
    for (size_t k = 0; k < key.size(); ++k) {
      if (step.key[k].has && slots[step.key[k].slot].present) {
        key[k] = KeyText(slots[step.key[k].slot]);
      }
    }
    return key;
  }

  bool InTime(const Chain& chain, const Occurrence& now) const {
    const Occurrence& start = timeline_.occurrences[chain.occurrences.front()];
    return std::all_of(
        rule_.within.begin(), rule_.within.end(),
        [&](const vm::Reach& reach) { return Within(reach, start, now); });
  }

  std::optional<Chain> Advance(size_t stage, uint32_t index, Key key) {
    if (stage == 0) {
      return Chain{std::move(key), {index}};
    }
    const Occurrence& now = timeline_.occurrences[index];
    const Chain* best = nullptr;
    const auto consider = [&](const Registers& registers) {
      const std::optional<Chain>& chain = registers.at[stage - 1];
      if (chain.has_value() && Compatible(chain->key, key) &&
          InTime(*chain, now) &&
          (best == nullptr ||
           chain->occurrences.front() > best->occurrences.front())) {
        best = &*chain;
      }
    };
    if (Complete(key) && !wildcards_) {
      const auto found = registers_.find(key);
      if (found != registers_.end()) {
        consider(found->second);
      }
    } else {
      for (const auto& [other, registers] : registers_) {
        consider(registers);
      }
    }
    if (best == nullptr) {
      return std::nullopt;
    }
    Chain chain = *best;
    chain.key = Merged(chain.key, key);
    chain.occurrences.push_back(index);
    return chain;
  }

  void Keep(size_t stage, Chain chain) {
    wildcards_ = wildcards_ || !Complete(chain.key);
    auto found = registers_.find(chain.key);
    if (found == registers_.end()) {
      if (registers_.size() >= rule_.capacity) {
        registers_.erase(recent_.back());
        recent_.pop_back();
        evicted_ = true;
      }
      recent_.push_front(chain.key);
      Registers fresh{std::vector<std::optional<Chain>>(stages_.size()),
                      recent_.begin()};
      found = registers_.emplace(chain.key, std::move(fresh)).first;
    }
    recent_.splice(recent_.begin(), recent_, found->second.recent);
    found->second.at[stage] = std::move(chain);
  }

  // One report per occurrence: what led to it is used up.
  void Reset(const Key& key) {
    for (auto at = registers_.begin(); at != registers_.end();) {
      if (Compatible(at->first, key)) {
        recent_.erase(at->second.recent);
        at = registers_.erase(at);
      } else {
        ++at;
      }
    }
  }

  const scan::Engine& engine_;
  const vm::Rule& rule_;
  Timeline& timeline_;
  std::vector<uint32_t> stages_;  // per stage: the step it belongs to
  bool spans_runs_ = false;
  uint32_t run_ = 0;
  bool wildcards_ = false;
  bool evicted_ = false;
  std::map<Key, Registers> registers_;
  std::list<Key> recent_;
};

class Correlator {
 public:
  Correlator(const scan::Engine& engine, Timeline* timeline)
      : program_(engine.program()), timeline_(*timeline) {
    for (size_t r = 0; r < program_.rules.size(); ++r) {
      order_.push_back(r);
      states_.emplace_back(engine, program_.rules[r], timeline);
    }
    std::stable_sort(order_.begin(), order_.end(), [&](size_t a, size_t b) {
      return program_.rules[a].depth < program_.rules[b].depth;
    });
  }

  void Run() {
    std::vector<Occurrence> input = std::move(timeline_.occurrences);
    timeline_.occurrences.clear();
    for (Occurrence& occurrence : input) {
      timeline_.occurrences.push_back(std::move(occurrence));
      // Firings of lower rules come in between and are seen by deeper ones.
      size_t next = timeline_.occurrences.size() - 1;
      for (; next < timeline_.occurrences.size(); ++next) {
        Feed(Narrow<uint32_t>(next));
      }
    }
  }

 private:
  void Feed(uint32_t index) {
    for (const size_t r : order_) {
      const std::optional<std::vector<uint32_t>> fired = states_[r].Feed(index);
      if (fired.has_value()) {
        Fire(r, index, *fired);
      }
    }
  }

  void Fire(size_t r, uint32_t index, const std::vector<uint32_t>& chain) {
    const Occurrence& last = timeline_.occurrences[index];
    Event event = *last.event;  // the record that completed it
    event.type = program_.rule_event(r);
    event.slots = {};
    if (states_[r].evicted()) {
      event.flags |= scan::kEvicted;
    }
    const bool timed =
        std::any_of(program_.rules[r].within.begin(),
                    program_.rules[r].within.end(), [](const vm::Reach& reach) {
                      return reach.kind == vm::Reach::Kind::Duration;
                    });
    if (timed && event.time == kNoTime) {
      event.flags |= scan::kNoClock;
    }
    timeline_.derived.push_back(event);
    Occurrence firing{&timeline_.derived.back(), last.run, {}};
    // Of the stages of one step the last stands for it.
    firing.steps.resize(program_.rules[r].steps.size());
    for (size_t k = 0; k < chain.size(); ++k) {
      firing.steps[states_[r].stages()[k]] = chain[k];
    }
    timeline_.occurrences.push_back(std::move(firing));
  }

  const vm::Program& program_;
  Timeline& timeline_;
  std::vector<size_t> order_;
  std::deque<RuleState> states_;
};

}  // namespace

bool Within(const vm::Reach& reach, const Occurrence& a, const Occurrence& b) {
  switch (reach.kind) {
    case vm::Reach::Kind::None:
      return false;
    case vm::Reach::Kind::Run:
      return a.run == b.run;
    case vm::Reach::Kind::Stream:
      return true;
    case vm::Reach::Kind::Duration:
      return a.event->time == kNoTime || b.event->time == kNoTime ||
             b.event->time - a.event->time <= reach.amount;
    case vm::Reach::Kind::Lines:
      // Lines are counted within one file.
      return a.event->file == b.event->file &&
             b.event->line - a.event->line <=
                 static_cast<uint64_t>(reach.amount);
  }
  return false;
}

void Correlate(const scan::Engine& engine, Timeline* timeline) {
  if (!engine.program().rules.empty()) {
    Correlator(engine, timeline).Run();
  }
}

}  // namespace telltale::verdict
