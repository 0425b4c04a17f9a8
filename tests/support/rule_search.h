// Exhaustive search for what completes a rule: every choice of events is tried,
// as the reference words it. Slow and plain; it shares no code with the
// runtime.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/rule_model.h"

namespace telltale::testing {

// Parts that no event had: it is about every value.
using ModelKey = std::vector<std::optional<int64_t>>;

bool Compatible(const ModelKey& a, const ModelKey& b);

// Events for all members, and the facts that went with them.
struct Choice {
  std::vector<uint32_t> members;  // in stream order
  std::vector<uint32_t> steps;
  ModelKey key;
  uint32_t first = kNone;
  uint32_t latest = kNone;
  bool at_start = false;
};

class RuleSearch {
 public:
  RuleSearch(const ModelRule& rule, const ModelStream& stream);

  // The best choices that complete the rule at `now`: those with the latest
  // start. Nothing can be said (`stopped`)
  // - where a start or fact without a time hides behind one that is too old;
  // - where of `from N+` an event that lacks a part of the key was used up for
  //   one key, and is wanted again for another.
  std::vector<Choice> Best(uint32_t now);
  // The rule fired: what led to it cannot be used again, nor other beginnings
  // that could be about this key.
  void Use(uint32_t now, const ModelKey& key) { used_.emplace_back(now, key); }
  [[nodiscard]] bool stopped() const { return stopped_; }

  [[nodiscard]] uint32_t trailing() const { return trailing_; }  // or kNone
  [[nodiscard]] bool alone() const { return groups_.empty(); }
  [[nodiscard]] bool only() const;  // `from only`
  [[nodiscard]] bool timed() const { return timed_; }
  [[nodiscard]] bool spans_runs() const { return spans_runs_; }
  [[nodiscard]] size_t key_parts() const { return parts_.size(); }

  bool Fits(uint32_t step, uint32_t index) const;
  ModelKey KeyOf(uint32_t step, uint32_t index) const;
  bool InWindow(uint32_t a, uint32_t b) const;
  static bool Passed(const ModelSpan& span, const ModelEvent& from,
                     uint64_t line, const std::optional<int64_t>& time);

 private:
  struct Group {
    std::vector<uint32_t> members, facts, guards, look_back;
    std::vector<uint32_t> late_facts;  // joined by `&`
  };

  void Groups();
  void Keys();
  bool IsCondition(uint32_t step) const;
  const ModelEvent& At(uint32_t index) const { return stream_.events[index]; }
  bool InReach(const ModelSpan& span, uint32_t a, uint32_t b) const;

  std::vector<Choice> Completions(uint32_t now, bool windows, bool strict);
  bool IsFinal(size_t group) const { return group + 1 == groups_.size(); }
  void Fill(size_t g, const Choice& so_far, uint32_t arrival, uint32_t filled,
            uint32_t from);
  bool FreshValue(uint32_t k, uint32_t filled, const Choice& so_far) const;
  bool Take(uint32_t step, uint32_t k, Choice* choice) const;
  void AllValues(size_t g, const Choice& so_far, uint32_t from);
  void EachValue(size_t g, const std::vector<int64_t>& values, size_t at,
                 uint32_t end, const Choice& so_far);
  uint32_t LatestOf(uint32_t step, const ModelKey& key, uint32_t end,
                    uint32_t but) const;
  bool TakeFact(uint32_t fact, uint32_t end, Choice* choice) const;
  void MembersThere(size_t g, Choice choice, uint32_t arrival);
  void Complete(size_t g, Choice choice, uint32_t arrival, uint32_t end);
  bool Quiet(uint32_t absent, uint32_t end, Choice* choice) const;
  bool Holds(uint32_t step, const Choice& choice) const;
  bool AllInWindow(const Choice& choice) const;
  bool Usable(const Choice& choice) const;
  ModelKey MemberKey(const Choice& choice, uint32_t k) const;
  static uint32_t EndOf(const Choice& choice, const Group& group);
  bool InStage(const Choice& choice, const Group& wanted, uint32_t k) const;
  bool SharesUsed(const Choice& choice) const;
  bool LacksTime(const Choice& choice) const;

  const ModelRule& rule_;
  const ModelStream& stream_;
  std::vector<Group> groups_;
  uint32_t trailing_ = kNone;
  std::vector<std::string> parts_;  // of the key: per step which value
  bool timed_ = false;
  bool spans_runs_ = false;
  bool spreads_ = false;  // `from N+`

  uint32_t now_ = 0;
  bool windows_ = true;
  bool strict_ = true;  // of partial chains, what is used up by their own key
  std::vector<Choice> choices_;
  std::vector<std::pair<uint32_t, ModelKey>> used_;
  bool stopped_ = false;
};

}  // namespace telltale::testing
