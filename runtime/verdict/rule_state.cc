#include "runtime/verdict/rule_state.h"

#include <algorithm>

#include "runtime/verdict/correlate.h"

namespace telltale::verdict {

namespace {

using scan::Event;
using scan::kNoTime;

// Has so much passed since `a`? Unknown times never have.
bool Elapsed(const vm::Reach& reach, const Event& a, const Event& b) {
  switch (reach.kind) {
    case vm::Reach::Kind::Duration:
      return a.time != kNoTime && b.time != kNoTime &&
             b.time - a.time > reach.amount;
    case vm::Reach::Kind::Lines:
      return a.file == b.file &&
             b.line > a.line + static_cast<uint64_t>(reach.amount);
    case vm::Reach::Kind::None:
    case vm::Reach::Kind::Run:
    case vm::Reach::Kind::Stream:
      return false;
  }
  return false;
}

// How far a chain can be within a stage: none of it, then more and more.
size_t PlacesIn(const vm::Rule& rule, const vm::RuleStage& stage) {
  if (stage.members.size() > 1) {
    return (size_t{1} << stage.members.size()) - 1;
  }
  const vm::Step& step = rule.steps[stage.members[0]];
  return step.from.kind == vm::Spread::Kind::AtLeast ? step.from.count
                                                     : step.count;
}

}  // namespace

size_t PlacesOf(const vm::Rule& rule) {
  size_t places = 0;
  for (const vm::RuleStage& stage : rule.stages) {
    places += PlacesIn(rule, stage) + 1;
  }
  return places;
}

void RuleState::Latest::Note(const Key& key, uint32_t occurrence) {
  wildcards_ = wildcards_ || !verdict::Complete(key);
  places_[key] = occurrence;
}

std::optional<uint32_t> RuleState::Latest::Find(const Key& key) const {
  if (!wildcards_ && verdict::Complete(key)) {
    const auto found = places_.find(key);
    return found == places_.end() ? std::nullopt : std::optional(found->second);
  }
  std::optional<uint32_t> latest;
  for (const auto& [other, occurrence] : places_) {
    if (Compatible(other, key) && (!latest || occurrence > *latest)) {
      latest = occurrence;
    }
  }
  return latest;
}

RuleState::RuleState(const scan::Engine& engine, const vm::Rule& rule,
                     const Timeline& timeline)
    : engine_(engine),
      rule_(rule),
      timeline_(timeline),
      latest_(rule.steps.size()),
      looks_back_(rule.steps.size(), false) {
  for (const vm::RuleStage& stage : rule.stages) {
    Stage out;
    out.base = places_;
    out.places = PlacesIn(rule, stage);
    for (const uint32_t absent : stage.look_back) {
      looks_back_[absent] = true;
    }
    places_ += out.places + 1;  // the last: full, but for its facts
    stages_.push_back(out);
    for (const auto* facts : {&stage.facts, &stage.late_facts}) {
      facts_.insert(facts_.end(), facts->begin(), facts->end());
    }
  }
  for (const vm::Step& step : rule.steps) {
    auto& histories = histories_.emplace_back(step.slot_names.size());
    for (size_t k = 0; k < step.slot_names.size(); ++k) {
      const std::optional<vm::Derived>& derived = step.slot_derived[k];
      if (derived.has_value() && derived->kind != vm::Derived::Kind::Matches) {
        histories[k] = std::make_unique<History>(*derived, rule.capacity);
      } else if (derived.has_value() && scratch_ == nullptr) {
        scratch_ = std::make_unique<scan::Scratch>(engine.program());
      }
    }
  }
  spans_runs_ = std::any_of(rule.within.begin(), rule.within.end(),
                            [](const vm::Reach& reach) {
                              return reach.kind == vm::Reach::Kind::Stream;
                            });
}

// ------------------------------------------------------------------ reading

std::vector<Firing> RuleState::Feed(uint32_t index) {
  std::vector<Firing> fired;
  const Occurrence& now = timeline_.occurrences[index];
  if (!started_ || now.run != run_) {
    BeginRun(now.run);
  }
  Pass(index, &fired);
  const Event& event = *now.event;
  for (size_t stage = 0; stage < stages_.size(); ++stage) {
    for (const uint32_t guard : rule_.stages[stage].guards) {
      if (Fits(rule_.steps[guard], event)) {
        Forget(stage, KeyOf(rule_.steps[guard], event));
      }
    }
  }
  if (rule_.trailing.has_value() && Fits(rule_.steps[*rule_.trailing], event)) {
    const Key key = KeyOf(rule_.steps[*rule_.trailing], event);
    std::erase_if(pending_, [&](const auto& entry) {
      return Compatible(entry.first, key);
    });
  }
  Count(event);
  // Later stages first, so that one event is not two steps of a chain. What
  // completed the rule is used up.
  bool completed = false;
  for (size_t stage = stages_.size(); stage-- > 0 && !completed;) {
    completed = Members(stage, index, &fired);
    for (const uint32_t fact : rule_.stages[stage].late_facts) {
      if (!completed && Fits(rule_.steps[fact], event)) {
        const Key key = KeyOf(rule_.steps[fact], event);
        latest_[fact].Note(key, index);
        completed = FactCame(stage, index, key, &fired);
      }
    }
  }
  // Only now, so that an event is not its own fact.
  for (uint32_t k = 0; k < rule_.steps.size(); ++k) {
    if ((rule_.steps[k].last || looks_back_[k]) &&
        Fits(rule_.steps[k], event)) {
      latest_[k].Note(KeyOf(rule_.steps[k], event), index);
    }
  }
  NoteHistory(event);
  return fired;
}

void RuleState::Saw(const Occurrence& sighting) {
  if (!started_ || sighting.run != run_) {
    BeginRun(sighting.run);
  }
  evicted_ = evicted_ || (sighting.event->flags & scan::kEvicted) != 0;
  Count(*sighting.event);
}

// What `from all` waits for.
void RuleState::Count(const Event& event) {
  for (const vm::Step& step : rule_.steps) {
    if (step.from.kind == vm::Spread::Kind::All) {
      const std::optional<std::string> value = SpreadValue(step, event);
      if (value.has_value()) {
        seen_.insert(*value);
      }
    }
  }
}

void RuleState::BeginRun(uint32_t run) {
  const bool first = !started_;
  started_ = true;
  run_ = run;
  if (spans_runs_ && !first) {
    return;
  }
  registers_.clear();
  recent_.clear();
  pending_.clear();
  seen_.clear();
  last_seen_.clear();
  for (Latest& latest : latest_) {
    latest.Clear();
  }
  for (const auto& step : histories_) {
    for (const auto& history : step) {
      if (history != nullptr) {
        history->Clear();
      }
    }
  }
  if (stages_.empty() && rule_.trailing.has_value()) {
    const Key everyone(rule_.key_parts);
    pending_[everyone] = {Begin(everyone), kNoOccurrence, {}};
  }
}

// ------------------------------------------------------- what time decides

void RuleState::Pass(uint32_t index, std::vector<Firing>* fired) {
  for (auto at = pending_.begin(); at != pending_.end();) {
    const Pending& pending = at->second;
    if (pending.chain.latest == kNoOccurrence) {
      ++at;
      continue;
    }
    if (!rule_.trailing.has_value()) {  // `from only`
      if (InWindow(pending.chain, index)) {
        ++at;
        continue;
      }
      const vm::Step& step = rule_.steps[rule_.stages[0].members[0]];
      if (pending.values.size() == step.from.count) {
        Fire(pending.chain, false, 0, fired);
      }
      at = pending_.erase(at);
      continue;
    }
    const vm::Step& absent = rule_.steps[*rule_.trailing];
    if (Elapsed(absent.hold, *timeline_.occurrences[pending.since].event,
                *timeline_.occurrences[index].event)) {
      Fire(pending.chain, false, 0, fired);
      at = pending_.erase(at);
    } else {
      ++at;
    }
  }
}

std::vector<Firing> RuleState::EndAttempt(uint32_t run, End end_of) {
  std::vector<Firing> fired;
  const bool input_ends = end_of == End::Input;
  const bool waits_for_run =
      rule_.trailing.has_value() &&
      rule_.steps[*rule_.trailing].hold.kind == vm::Reach::Kind::Run;
  if (spans_runs_ && end_of == End::Attempt && !waits_for_run) {
    return fired;
  }
  if (!started_ || run_ != run) {
    BeginRun(run);
  }
  const Event* end = run_ < timeline_.ends.size() && timeline_.ends[run_].known
                         ? &timeline_.ends[run_].event
                         : nullptr;
  const auto at_eof = static_cast<uint16_t>(input_ends ? scan::kAtEof : 0);
  for (const auto& [key, pending] : pending_) {
    if (!rule_.trailing.has_value()) {  // `from only`
      const vm::Step& step = rule_.steps[rule_.stages[0].members[0]];
      if (pending.values.size() == step.from.count && end_of != End::Open) {
        Fire(pending.chain, false, at_eof, &fired);
      }
      continue;
    }
    const vm::Step& absent = rule_.steps[*rule_.trailing];
    const uint32_t since = pending.since;
    if (end == nullptr && since == kNoOccurrence) {
      continue;  // nothing is missing in an attempt without records
    }
    if (end != nullptr && since != kNoOccurrence &&
        Elapsed(absent.hold, *timeline_.occurrences[since].event, *end)) {
      Fire(pending.chain, false, 0, &fired);
    } else if (end_of == End::Input ? absent.or_eof
               : end_of == End::Attempt
                   ? absent.hold.kind == vm::Reach::Kind::Run
                   : false) {
      Fire(pending.chain, true, at_eof, &fired);
    }
  }
  pending_.clear();
  return fired;
}

std::vector<Standing> RuleState::Standings(uint32_t index) const {
  std::vector<Standing> out;
  for (const auto& [key, pending] : pending_) {
    out.push_back({key, pending.chain.steps, true});
  }
  for (const auto& [key, registers] : registers_) {
    for (size_t place = registers.at.size(); place-- > 0;) {
      const std::optional<Chain>& chain = registers.at[place];
      if (chain.has_value() && InWindow(*chain, index)) {
        out.push_back({key, chain->steps, false});
        break;
      }
    }
  }
  return out;
}

// ---------------------------------------------------------------- registers

void RuleState::Forget(size_t stage, const Key& key) {
  const size_t begin = stages_[stage].base;
  const size_t end = begin + stages_[stage].places;
  for (auto& [other, registers] : registers_) {
    if (!Compatible(other, key)) {
      continue;
    }
    for (size_t place = begin; place <= end; ++place) {
      std::optional<Chain>& chain = registers.at[place];
      if (Merged(other, key) == other) {
        chain.reset();
      } else if (chain.has_value()) {
        chain->forbidden.insert(key);
      }
    }
  }
}

RuleState::Chain RuleState::Begin(const Key& key) const {
  Chain chain;
  chain.key = key;
  chain.entry.resize(rule_.key_parts);
  chain.steps.assign(rule_.steps.size(), kNoOccurrence);
  return chain;
}

std::vector<RuleState::Chain> RuleState::From(size_t place, const Key& key,
                                              uint32_t index) const {
  std::vector<Chain> chains;
  if (place == 0) {
    chains.push_back(Begin(key));
    return chains;
  }
  const auto consider = [&](const Registers& registers) {
    const std::optional<Chain>& chain = registers.at[place];
    if (!chain.has_value() || !Compatible(chain->key, key) ||
        !InWindow(*chain, index)) {
      return;
    }
    const Key merged = Merged(chain->key, key);
    if (std::none_of(chain->forbidden.begin(), chain->forbidden.end(),
                     [&](const Key& guard) {
                       return Merged(merged, guard) == merged &&
                              Compatible(merged, guard);
                     })) {
      chains.push_back(*chain);
      chains.back().key = merged;
    }
  };
  if (verdict::Complete(key) && !wildcards_) {
    const auto found = registers_.find(key);
    if (found != registers_.end()) {
      consider(found->second);
    }
  } else {
    for (const auto& [other, registers] : registers_) {
      consider(registers);
    }
  }
  return chains;
}

void RuleState::Keep(size_t place, Chain chain) {
  wildcards_ = wildcards_ || !verdict::Complete(chain.key);
  auto found = registers_.find(chain.key);
  if (found == registers_.end()) {
    if (registers_.size() >= rule_.capacity) {
      registers_.erase(recent_.back());
      recent_.pop_back();
      evicted_ = true;
    }
    recent_.push_front(chain.key);
    Registers fresh{std::vector<std::optional<Chain>>(places_),
                    recent_.begin()};
    found = registers_.emplace(chain.key, std::move(fresh)).first;
  }
  recent_.splice(recent_.begin(), recent_, found->second.recent);
  std::optional<Chain>& old = found->second.at[place];
  if (!old.has_value() || old->first <= chain.first) {
    old = std::move(chain);
  }
}

bool RuleState::InWindow(const Chain& chain, uint32_t index) const {
  return InWindow(chain.first, index) &&
         std::all_of(facts_.begin(), facts_.end(), [&](uint32_t fact) {
           return InWindow(chain.steps[fact], index);
         });
}

bool RuleState::InWindow(uint32_t from, uint32_t index) const {
  return from == kNoOccurrence ||
         std::all_of(rule_.within.begin(), rule_.within.end(),
                     [&](const vm::Reach& reach) {
                       return Within(reach, timeline_.occurrences[from],
                                     timeline_.occurrences[index]);
                     });
}

// ------------------------------------------------------------- one stage

// All members see the chains as they were before the event: it is one of them
// at most.
bool RuleState::Members(size_t stage, uint32_t index,
                        std::vector<Firing>* fired) {
  std::vector<Move> moves;
  for (const uint32_t member : rule_.stages[stage].members) {
    if (Fits(rule_.steps[member], *timeline_.occurrences[index].event)) {
      Member(stage, member, index, &moves);
    }
  }
  // The latest start first: it is the one to report.
  std::stable_sort(moves.begin(), moves.end(),
                   [](const Move& a, const Move& b) {
                     return a.chain.first > b.chain.first;
                   });
  const size_t full = stages_[stage].base + stages_[stage].places;
  std::vector<Move> kept;
  for (Move& move : moves) {
    if (move.place != full) {
      kept.push_back(std::move(move));
      continue;
    }
    Chain chain = move.chain;
    const Progress progress = Advance(stage, index, &chain, fired);
    if (progress == Progress::Fired) {
      return true;
    }
    if (progress == Progress::Waits) {
      kept.push_back({full, std::move(chain)});
    } else if (!chain.values.empty()) {
      // `from N+`: another event of a value that is there already completes the
      // stage again, where this one was of no use.
      kept.push_back(std::move(move));
    }
  }
  for (Move& move : kept) {
    Keep(move.place, std::move(move.chain));
  }
  return false;
}

void RuleState::Member(size_t stage, uint32_t member, uint32_t index,
                       std::vector<Move>* moves) {
  const vm::Step& step = rule_.steps[member];
  const Event& event = *timeline_.occurrences[index].event;
  const Stage& places = stages_[stage];
  if (step.from.kind == vm::Spread::Kind::Only) {
    Only(member, index);
    return;
  }
  if (step.from.kind == vm::Spread::Kind::All) {
    std::optional<Chain> chain = All(member, index);
    if (chain.has_value()) {
      moves->push_back({places.base + places.places, std::move(*chain)});
    }
    return;
  }
  const std::vector<uint32_t>& members = rule_.stages[stage].members;
  const auto at = std::find(members.begin(), members.end(), member);
  const size_t bit = size_t{1} << static_cast<size_t>(at - members.begin());
  std::optional<std::string> value;
  if (step.from.kind == vm::Spread::Kind::AtLeast) {
    value = SpreadValue(step, event);
    if (!value.has_value()) {
      return;
    }
  }
  const Key key = KeyOf(step, event);
  for (size_t part = places.places; part-- > 0;) {
    if (members.size() > 1 && (part & bit) != 0) {
      continue;
    }
    for (Chain& chain : From(places.base + part, key, index)) {
      if (value.has_value()) {
        if (part == 0) {
          chain.values.clear();
        }
        if (std::find(chain.values.begin(), chain.values.end(), *value) !=
            chain.values.end()) {
          continue;
        }
        chain.values.push_back(*value);
      }
      Take(member, index, &chain);
      const size_t next = members.size() > 1 ? part | bit : part + 1;
      moves->push_back({places.base + next, std::move(chain)});
    }
  }
  if (!value.has_value()) {
    return;
  }
  // Enough values are there already, and this one comes again.
  const size_t full = places.base + places.places;
  for (Chain& chain : From(full, key, index)) {
    const auto old =
        std::find(chain.values.begin(), chain.values.end(), *value);
    if (old == chain.values.end()) {
      continue;
    }
    chain.members.erase(chain.members.end() - (chain.values.end() - old));
    chain.values.erase(old);
    Key left = Merged(chain.entry, key);
    for (size_t k = chain.values.size(); k > 0; --k) {
      const uint32_t other = chain.members[chain.members.size() - k];
      left = Merged(left, KeyOf(step, *timeline_.occurrences[other].event));
    }
    // Else what is left is a chain of another key, which has it.
    if (left != chain.key) {
      continue;
    }
    chain.values.push_back(*value);
    Take(member, index, &chain);
    moves->push_back({full, std::move(chain)});
  }
}

void RuleState::Take(uint32_t member, uint32_t index, Chain* chain) {
  chain->steps[member] = index;
  chain->members.push_back(index);
  chain->first = chain->members.front();
  chain->latest = index;
}

void RuleState::Only(uint32_t member, uint32_t index) {
  const vm::Step& step = rule_.steps[member];
  const Event& event = *timeline_.occurrences[index].event;
  const auto value = SpreadValue(step, event);
  if (!value.has_value()) {
    return;
  }
  const Key key = KeyOf(step, event);
  const auto [at, fresh] = pending_.try_emplace(key);
  Chain& chain = at->second.chain;
  if (fresh) {
    chain = Begin(key);
    chain.first = index;
  }
  chain.steps[member] = index;
  chain.members.push_back(index);
  chain.latest = index;
  at->second.values.insert(*value);
}

// Each value that was seen must have come: the chain of their latest events.
std::optional<RuleState::Chain> RuleState::All(uint32_t member,
                                               uint32_t index) {
  const vm::Step& step = rule_.steps[member];
  const Event& event = *timeline_.occurrences[index].event;
  const auto value = SpreadValue(step, event);
  if (!value.has_value()) {
    return std::nullopt;
  }
  const Key key = KeyOf(step, event);
  std::map<std::string, uint32_t>& last_seen = last_seen_[key];
  last_seen[*value] = index;
  Chain chain = Begin(key);
  chain.steps[member] = index;
  chain.latest = index;
  for (const std::string& wanted : seen_) {
    const auto found = last_seen.find(wanted);
    if (found == last_seen.end()) {
      return std::nullopt;
    }
    chain.members.push_back(found->second);
  }
  std::sort(chain.members.begin(), chain.members.end());
  chain.first = chain.members.front();
  return InWindow(chain, index) ? std::optional(std::move(chain))
                                : std::nullopt;
}

bool RuleState::FactCame(size_t stage, uint32_t index, const Key& key,
                         std::vector<Firing>* fired) {
  const size_t full = stages_[stage].base + stages_[stage].places;
  std::vector<Chain> chains = From(full, key, index);
  std::stable_sort(
      chains.begin(), chains.end(),
      [](const Chain& a, const Chain& b) { return a.first > b.first; });
  for (Chain& chain : chains) {
    // An event is not its own fact.
    if (chain.latest != index &&
        Advance(stage, index, &chain, fired) == Progress::Fired) {
      return true;
    }
  }
  return false;
}

// --------------------------------------------------------------- full stages

bool RuleState::Complete(size_t stage, uint32_t index, Chain* chain,
                         bool* wait) const {
  const vm::RuleStage& shape = rule_.stages[stage];
  const Occurrence& now = timeline_.occurrences[index];
  *wait = !shape.late_facts.empty();
  if (!Know(shape.late_facts, index, chain)) {
    return false;
  }
  // A guard came for a key that the chain may still have.
  if (std::any_of(
          chain->forbidden.begin(), chain->forbidden.end(),
          [&](const Key& guard) { return Compatible(guard, chain->key); })) {
    return false;
  }
  for (const uint32_t absent : shape.look_back) {
    if (!Quiet(rule_.steps[absent], absent, index, chain)) {
      *wait = false;
      return false;
    }
  }
  for (const auto* steps : {&shape.members, &shape.facts, &shape.late_facts}) {
    for (const uint32_t step : *steps) {
      if (!Joined(step, *chain)) {
        return false;
      }
    }
  }
  *wait = false;
  if (stage + 1 < stages_.size() || !rule_.during.valid()) {
    return true;
  }
  vm::NodeId at = now.stage;
  while (at.valid() && at != rule_.during) {
    at = engine_.program().nodes[at.index()].parent;
  }
  return at.valid();
}

bool RuleState::Know(const std::vector<uint32_t>& facts, uint32_t index,
                     Chain* chain) const {
  for (const uint32_t fact : facts) {
    const std::optional<uint32_t> known = latest_[fact].Find(chain->key);
    if (!known.has_value() || !InWindow(*known, index)) {
      return false;
    }
    chain->steps[fact] = *known;
    chain->key =
        Merged(chain->key,
               KeyOf(rule_.steps[fact], *timeline_.occurrences[*known].event));
  }
  return true;
}

RuleState::Progress RuleState::Advance(size_t stage, uint32_t index,
                                       Chain* chain,
                                       std::vector<Firing>* fired) {
  // Facts that must come before the members are taken when these are there.
  if (chain->latest == index &&
      !Know(rule_.stages[stage].facts, index, chain)) {
    return Progress::None;
  }
  Chain next = *chain;
  bool wait = false;
  if (!Complete(stage, index, &next, &wait)) {
    return wait ? Progress::Waits : Progress::None;
  }
  next.values.clear();
  next.forbidden.clear();
  next.entry = next.key;
  if (stage + 1 < stages_.size()) {
    Keep(stages_[stage + 1].base, std::move(next));
    return Progress::None;
  }
  const Key key = next.key;
  if (rule_.trailing.has_value()) {
    // The earliest start counts: a later one must not put the deadline off.
    Pending pending{std::move(next), index, {}};
    if (rule_.latest_start) {
      pending_.insert_or_assign(key, std::move(pending));
    } else {
      pending_.try_emplace(key, std::move(pending));
    }
  } else {
    Fire(next, false, 0, fired);
  }
  Reset(key);
  return Progress::Fired;
}

void RuleState::Fire(const Chain& chain, bool at_end, uint16_t flags,
                     std::vector<Firing>* fired) {
  Firing firing;
  firing.steps = chain.steps;
  firing.members = chain.members;
  for (const uint32_t fact : facts_) {
    if (chain.steps[fact] != kNoOccurrence) {
      firing.members.push_back(chain.steps[fact]);
    }
  }
  std::sort(firing.members.begin(), firing.members.end());
  firing.members.erase(
      std::unique(firing.members.begin(), firing.members.end()),
      firing.members.end());
  firing.run = run_;
  firing.flags = static_cast<uint16_t>(flags | chain.flags |
                                       (evicted_ ? scan::kEvicted : 0));
  if (rule_.at.has_value() && chain.steps[*rule_.at] != kNoOccurrence) {
    firing.anchor = chain.steps[*rule_.at];
  } else if (!at_end) {
    firing.anchor = chain.latest;
  }
  fired->push_back(std::move(firing));
}

// One report per occurrence: what led to it is used up.
void RuleState::Reset(const Key& key) {
  for (auto at = registers_.begin(); at != registers_.end();) {
    if (Compatible(at->first, key)) {
      recent_.erase(at->second.recent);
      at = registers_.erase(at);
    } else {
      ++at;
    }
  }
  std::erase_if(last_seen_, [&](const auto& entry) {
    return Compatible(entry.first, key);
  });
}

}  // namespace telltale::verdict
