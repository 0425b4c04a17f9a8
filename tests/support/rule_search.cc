#include "tests/support/rule_search.h"

#include <algorithm>
#include <set>

namespace telltale::testing {

namespace {

using Kind = ModelSpan::Kind;

ModelKey Merged(ModelKey a, const ModelKey& b) {
  for (size_t k = 0; k < a.size(); ++k) {
    a[k] = a[k].has_value() ? a[k] : b[k];
  }
  return a;
}

uint32_t LatestStart(const std::vector<Choice>& choices) {
  uint32_t first = 0;
  for (const Choice& choice : choices) {
    first = std::max(first, choice.first);
  }
  return first;
}

}  // namespace

bool Compatible(const ModelKey& a, const ModelKey& b) {
  for (size_t k = 0; k < a.size(); ++k) {
    if (a[k].has_value() && b[k].has_value() && a[k] != b[k]) {
      return false;
    }
  }
  return true;
}

RuleSearch::RuleSearch(const ModelRule& rule, const ModelStream& stream)
    : rule_(rule), stream_(stream) {
  Groups();
  Keys();
  spreads_ = std::any_of(rule.steps.begin(), rule.steps.end(),
                         [](const ModelStep& step) {
                           return step.spread == ModelSpread::AtLeast;
                         });
  for (const ModelSpan& span : rule.within) {
    timed_ = timed_ || span.kind == Kind::Seconds;
    spans_runs_ = spans_runs_ || span.kind == Kind::Stream;
  }
}

// ------------------------------------------------------------ as written

void RuleSearch::Groups() {
  Group group;
  for (uint32_t k = 0; k < rule_.steps.size(); ++k) {
    const ModelStep& step = rule_.steps[k];
    (!step.absent                   ? step.last ? group.facts : group.members
     : step.hold.kind == Kind::None ? group.guards
                                    : group.look_back)
        .push_back(k);
    const bool ends =
        k + 1 == rule_.steps.size() || rule_.steps[k + 1].group != step.group;
    if (!ends || group.members.empty()) {
      continue;
    }
    for (const uint32_t fact : group.facts) {
      if (rule_.steps[fact].group == step.group) {
        group.late_facts.push_back(fact);
      }
    }
    std::erase_if(group.facts, [&](uint32_t fact) {
      return rule_.steps[fact].group == step.group;
    });
    groups_.push_back(std::move(group));
    group = {};
  }
  if (rule_.steps.back().absent) {
    trailing_ = static_cast<uint32_t>(rule_.steps.size() - 1);
  }
}

bool RuleSearch::only() const {
  return !groups_.empty() &&
         rule_.steps[groups_[0].members[0]].spread == ModelSpread::Only;
}

bool RuleSearch::IsCondition(uint32_t step) const {
  const ModelStep& own = rule_.steps[step];
  return own.join.has_value() && !own.absent &&
         (own.last || rule_.steps[own.join->other].last);
}

void RuleSearch::Keys() {
  if (rule_.by_k) {
    parts_.emplace_back(rule_.steps.size(), 'k');
  }
  if (rule_.by_r) {
    parts_.emplace_back(rule_.steps.size(), 'r');
  }
  for (uint32_t k = 0; k < rule_.steps.size(); ++k) {
    if (rule_.steps[k].join.has_value() && !IsCondition(k)) {
      std::string part(rule_.steps.size(), '-');
      part[k] = part[rule_.steps[k].join->other] = 'n';
      parts_.push_back(part);
    }
  }
}

ModelKey RuleSearch::KeyOf(uint32_t step, uint32_t index) const {
  ModelKey key;
  for (const std::string& part : parts_) {
    const ModelEvent& event = At(index);
    key.push_back(part[step] == 'k'   ? event.k
                  : part[step] == 'r' ? event.r
                  : part[step] == 'n' ? event.n
                                      : std::nullopt);
  }
  return key;
}

bool RuleSearch::Fits(uint32_t step, uint32_t index) const {
  const ModelStep& own = rule_.steps[step];
  const ModelEvent& event = At(index);
  return std::find(own.kinds.begin(), own.kinds.end(), event.kind) !=
             own.kinds.end() &&
         (!own.where.has_value() || event.n == own.where);
}

// ------------------------------------------------------------------ spans

bool RuleSearch::InReach(const ModelSpan& span, uint32_t a, uint32_t b) const {
  switch (span.kind) {
    case Kind::None:
    case Kind::Stream:
      return true;
    case Kind::Run:
      return At(a).run == At(b).run;
    case Kind::Seconds:
      return !At(a).time.has_value() || !At(b).time.has_value() ||
             *At(b).time - *At(a).time <= span.amount;
    case Kind::Lines:
      return At(b).line <= At(a).line + static_cast<uint64_t>(span.amount);
  }
  return false;
}

bool RuleSearch::InWindow(uint32_t a, uint32_t b) const {
  return (spans_runs_ || At(a).run == At(b).run) &&
         std::all_of(
             rule_.within.begin(), rule_.within.end(),
             [&](const ModelSpan& span) { return InReach(span, a, b); });
}

bool RuleSearch::Passed(const ModelSpan& span, const ModelEvent& from,
                        uint64_t line, const std::optional<int64_t>& time) {
  switch (span.kind) {
    case Kind::Seconds:
      return from.time.has_value() && time.has_value() &&
             *time - *from.time > span.amount;
    case Kind::Lines:
      return line > from.line + static_cast<uint64_t>(span.amount);
    case Kind::None:
    case Kind::Run:
    case Kind::Stream:
      return false;
  }
  return false;
}

// ------------------------------------------------- all choices at an event

std::vector<Choice> RuleSearch::Completions(uint32_t now, bool windows,
                                            bool strict) {
  now_ = now;
  windows_ = windows;
  strict_ = strict;
  choices_.clear();
  Choice none;
  none.steps.assign(rule_.steps.size(), kNone);
  none.key.resize(parts_.size());
  Fill(0, none, kNone, 0, 0);
  return std::move(choices_);
}

void RuleSearch::Fill(size_t g, const Choice& so_far, uint32_t arrival,
                      uint32_t filled, uint32_t from) {
  const Group& group = groups_[g];
  const bool single = group.members.size() == 1;
  const ModelStep& only = rule_.steps[group.members[0]];
  if (single && only.spread == ModelSpread::All) {
    AllValues(g, so_far, from);
    return;
  }
  const uint32_t wanted = !single ? (1u << group.members.size()) - 1
                          : only.spread == ModelSpread::AtLeast
                              ? only.spread_count
                              : only.count;
  if (filled == wanted) {
    MembersThere(g, so_far, arrival);
    return;
  }
  for (uint32_t k = from; k <= now_; ++k) {
    for (uint32_t m = 0; m < group.members.size(); ++m) {
      if (!single && (filled >> m & 1) != 0) {
        continue;
      }
      Choice next = so_far;
      if (Take(group.members[m], k, &next)) {
        const uint32_t more = single ? filled + 1 : filled | 1u << m;
        if (single && only.spread == ModelSpread::AtLeast &&
            !FreshValue(k, filled, so_far)) {
          continue;
        }
        Fill(g, next, arrival, more, k + 1);
      }
    }
  }
}

bool RuleSearch::FreshValue(uint32_t k, uint32_t filled,
                            const Choice& so_far) const {
  if (!At(k).r.has_value()) {
    return false;
  }
  return std::none_of(so_far.members.end() - filled, so_far.members.end(),
                      [&](uint32_t other) { return At(other).r == At(k).r; });
}

bool RuleSearch::Take(uint32_t step, uint32_t k, Choice* choice) const {
  if (!Fits(step, k) || !Compatible(choice->key, KeyOf(step, k)) ||
      (choice->first != kNone && !spans_runs_ &&
       At(choice->first).run != At(k).run)) {
    return false;
  }
  choice->members.push_back(k);
  choice->steps[step] = k;
  choice->key = Merged(choice->key, KeyOf(step, k));
  choice->first = choice->first == kNone ? k : choice->first;
  choice->latest = k;
  return true;
}

void RuleSearch::AllValues(size_t g, const Choice& so_far, uint32_t from) {
  const uint32_t step = groups_[g].members[0];
  for (uint32_t end = from; end <= now_; ++end) {
    if (!Fits(step, end) || !At(end).r.has_value()) {
      continue;
    }
    std::set<int64_t> seen;
    for (uint32_t k = 0; k <= end; ++k) {
      if (At(k).r.has_value() && (spans_runs_ || At(k).run == At(end).run)) {
        seen.insert(*At(k).r);
      }
    }
    Choice last = so_far;
    EachValue(g, {seen.begin(), seen.end()}, 0, end, last);
  }
}

void RuleSearch::EachValue(size_t g, const std::vector<int64_t>& values,
                           size_t at, uint32_t end, const Choice& so_far) {
  const uint32_t step = groups_[g].members[0];
  if (at == values.size()) {
    Choice sorted = so_far;
    std::sort(sorted.members.begin(), sorted.members.end());
    sorted.first = sorted.members.front();
    sorted.latest = end;
    sorted.steps[step] = end;
    MembersThere(g, sorted, kNone);
    return;
  }
  for (uint32_t k = 0; k <= end; ++k) {
    Choice next = so_far;
    const bool last = At(k).r == At(end).r;
    if (At(k).r == values[at] && (!last || k == end) && Take(step, k, &next)) {
      EachValue(g, values, at + 1, end, next);
    }
  }
}

uint32_t RuleSearch::LatestOf(uint32_t step, const ModelKey& key, uint32_t end,
                              uint32_t but) const {
  for (uint32_t k = end; k-- > 0;) {
    if (k != but && Fits(step, k) && Compatible(key, KeyOf(step, k)) &&
        (spans_runs_ || At(k).run == At(now_).run)) {
      return k;
    }
  }
  return kNone;
}

bool RuleSearch::TakeFact(uint32_t fact, uint32_t end, Choice* choice) const {
  const uint32_t known = LatestOf(fact, choice->key, end, choice->latest);
  if (known != kNone) {
    choice->steps[fact] = known;
    choice->key = Merged(choice->key, KeyOf(fact, known));
  }
  return known != kNone;
}

void RuleSearch::MembersThere(size_t g, Choice choice, uint32_t arrival) {
  const uint32_t latest = choice.latest;
  if (!IsFinal(g)) {
    if (latest < now_) {
      Complete(g, std::move(choice), arrival, latest);
    }
    return;
  }
  Complete(g, std::move(choice), arrival, now_);
}

void RuleSearch::Complete(size_t g, Choice choice, uint32_t arrival,
                          uint32_t end) {
  const Group& group = groups_[g];
  const uint32_t latest = choice.latest;
  for (const uint32_t fact : group.facts) {
    if (!TakeFact(fact, latest, &choice)) {
      return;
    }
  }
  bool completes = end == latest;
  for (const uint32_t fact : group.late_facts) {
    if (!TakeFact(fact, end + 1, &choice)) {
      return;
    }
    completes = completes || choice.steps[fact] == end;
  }
  if (!completes) {
    return;
  }
  for (const uint32_t guard : group.guards) {
    for (uint32_t k = arrival + 1; k <= end; ++k) {
      if (Fits(guard, k) && Compatible(choice.key, KeyOf(guard, k))) {
        return;
      }
    }
  }
  for (const uint32_t absent : group.look_back) {
    if (!Quiet(absent, end, &choice)) {
      return;
    }
  }
  for (const uint32_t member : group.members) {
    if (IsCondition(member) && !Holds(member, choice)) {
      return;
    }
  }
  if (!IsFinal(g)) {
    Fill(g + 1, choice, end, 0, end + 1);
    return;
  }
  if (Usable(choice) && (!windows_ || AllInWindow(choice))) {
    choices_.push_back(std::move(choice));
  }
}

bool RuleSearch::Quiet(uint32_t absent, uint32_t end, Choice* choice) const {
  const ModelSpan& hold = rule_.steps[absent].hold;
  const uint32_t last = LatestOf(absent, choice->key, end, kNone);
  if (last != kNone && InReach(hold, last, end)) {
    return false;
  }
  choice->at_start =
      choice->at_start ||
      (hold.kind == Kind::Seconds && At(end).run == 0 &&
       At(end).time.has_value() && stream_.begin_time.has_value() &&
       *At(end).time - *stream_.begin_time < hold.amount);
  return true;
}

bool RuleSearch::Holds(uint32_t step, const Choice& choice) const {
  const ModelJoin& join = *rule_.steps[step].join;
  const auto own = At(choice.steps[step]).n;
  const auto other = At(choice.steps[join.other]).n;
  return own.has_value() && other.has_value() &&
         (join.less ? *own < *other : *own == *other);
}

bool RuleSearch::AllInWindow(const Choice& choice) const {
  bool in_window = InWindow(choice.first, now_);
  for (uint32_t k = 0; k < rule_.steps.size(); ++k) {
    in_window =
        in_window && (!rule_.steps[k].last || InWindow(choice.steps[k], now_));
  }
  return in_window;
}

bool RuleSearch::Usable(const Choice& choice) const {
  for (const auto& [at, key] : used_) {
    ModelKey before(parts_.size());
    bool any = false;
    for (const uint32_t k : choice.members) {
      if (k == at) {
        return false;
      }
      if (k < at) {
        any = true;
        before = Merged(before, MemberKey(choice, k));
      }
    }
    for (const Group& group : groups_) {
      if (EndOf(choice, group) <= at) {
        for (const uint32_t fact : group.facts) {
          before = Merged(before, KeyOf(fact, choice.steps[fact]));
        }
      }
    }
    if (any && Compatible(strict_ ? before : choice.key, key)) {
      return false;
    }
  }
  return true;
}

ModelKey RuleSearch::MemberKey(const Choice& choice, uint32_t k) const {
  ModelKey key(parts_.size());
  for (const Group& group : groups_) {
    for (const uint32_t step : group.members) {
      const bool counted = rule_.steps[step].count > 1 ||
                           rule_.steps[step].spread != ModelSpread::None;
      if (choice.steps[step] == k || (counted && InStage(choice, group, k))) {
        key = Merged(key, KeyOf(step, k));
      }
    }
  }
  return key;
}

uint32_t RuleSearch::EndOf(const Choice& choice, const Group& group) {
  uint32_t end = 0;
  for (const uint32_t step : group.members) {
    end = std::max(end, choice.steps[step]);
  }
  return end;
}

bool RuleSearch::InStage(const Choice& choice, const Group& wanted,
                         uint32_t k) const {
  uint32_t after = kNone;
  for (const Group& group : groups_) {
    const uint32_t end = EndOf(choice, group);
    if (&group == &wanted) {
      return (after == kNone || k > after) && k <= end;
    }
    after = end;
  }
  return false;
}

bool RuleSearch::SharesUsed(const Choice& choice) const {
  return std::any_of(
      choice.members.begin(), choice.members.end(), [&](uint32_t k) {
        const ModelKey key = MemberKey(choice, k);
        return k < used_.back().first &&
               std::find(key.begin(), key.end(), std::nullopt) != key.end();
      });
}

bool RuleSearch::LacksTime(const Choice& choice) const {
  bool lacks = !At(choice.first).time.has_value();
  for (uint32_t k = 0; k < rule_.steps.size(); ++k) {
    lacks =
        lacks || (rule_.steps[k].last && !At(choice.steps[k]).time.has_value());
  }
  return lacks;
}

std::vector<Choice> RuleSearch::Best(uint32_t now) {
  std::vector<Choice> all = Completions(now, true, true);
  const uint32_t first = LatestStart(all);
  std::erase_if(all, [&](const Choice& each) { return each.first < first; });
  const bool timeless =
      std::any_of(all.begin(), all.end(),
                  [&](const Choice& each) { return LacksTime(each); });
  if (timed_ && timeless && At(now).time.has_value()) {
    std::vector<Choice> any = Completions(now, false, true);
    std::erase_if(any, [&](const Choice& each) { return each.first < first; });
    stopped_ = any.size() > all.size();
  }
  if (spreads_ && !used_.empty() && !parts_.empty()) {
    for (const Choice& choice : Completions(now, true, false)) {
      stopped_ = stopped_ || SharesUsed(choice);
    }
  }
  return all;
}

}  // namespace telltale::testing
