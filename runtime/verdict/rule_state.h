// Internal: the state of one rule while it reads a stream of events.
//
// A chain is how far a match has got: the occurrence of each step so far. Per
// key there is one register per place that a chain can have reached (a stage,
// and how much of the stage); it holds the chain with the latest start, since
// that one can do whatever an older one at the same place can. So state is
// bounded, a completion is found exactly when exhaustive search finds one, and
// what is reported is the tightest. An event without a part of the key goes on
// from the chains of all keys.
#pragma once

#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "runtime/scan/engine.h"
#include "runtime/verdict/correlate.h"
#include "runtime/verdict/history.h"
#include "runtime/verdict/timeline.h"
#include "runtime/verdict/values.h"

namespace telltale::verdict {

// One report of a rule.
struct Firing {
  std::vector<uint32_t> steps;      // occurrence per step, or kNoOccurrence
  std::vector<uint32_t> members;    // all occurrences that led to it, sorted
  uint32_t anchor = kNoOccurrence;  // whose record it has; none: the run's end
  uint32_t run = 0;
  uint16_t flags = 0;
};

// The places that a chain of the rule can be at: so many registers has a key.
size_t PlacesOf(const vm::Rule& rule);

// How far a rule has got for one value of its key.
struct Standing {
  Key key;
  std::vector<uint32_t> steps;  // occurrence per step, or kNoOccurrence
  bool complete = false;        // but for an absence, or the end of its window
};

class RuleState {
 public:
  // `timeline` grows while the rule reads it; earlier occurrences stay.
  RuleState(const scan::Engine& engine, const vm::Rule& rule,
            const Timeline& timeline);

  // The next occurrence, in order. Firings that passing time decided come
  // first.
  std::vector<Firing> Feed(uint32_t index);
  // The furthest chain of each key that the occurrence at `index`, which was
  // fed last, is still in the window of.
  [[nodiscard]] std::vector<Standing> Standings(uint32_t index) const;
  // The keys of a record that may have no event were seen.
  void Saw(const Occurrence& sighting);
  // What the end of an attempt decides, and with it that of the input.
  std::vector<Firing> EndAttempt(uint32_t run, End end);

 private:
  struct Chain {
    Key key;
    Key entry;  // the key when it came to this stage
    std::vector<uint32_t> steps;
    std::vector<uint32_t> members;    // each occurrence that was taken
    std::vector<std::string> values;  // `from`: seen so far in this stage
    // Guards of this stage that came for keys that the chain may yet have.
    std::set<Key> forbidden;
    uint32_t first = kNoOccurrence;
    uint32_t latest = kNoOccurrence;
    uint16_t flags = 0;
  };
  // A place that a chain can be at: so much of a stage.
  struct Stage {
    size_t base = 0;    // its first register
    size_t places = 1;  // none of it, then more and more
  };
  struct Registers {
    std::vector<std::optional<Chain>> at;
    std::list<Key>::iterator recent;
  };
  // The latest occurrence of a step, per key.
  class Latest {
   public:
    void Note(const Key& key, uint32_t occurrence);
    [[nodiscard]] std::optional<uint32_t> Find(const Key& key) const;
    void Clear() { places_.clear(); }

   private:
    std::map<Key, uint32_t> places_;
    bool wildcards_ = false;
  };
  // A chain and the place that it has come to.
  struct Move {
    size_t place = 0;
    Chain chain;
  };
  // A chain that waits for an absence, or for the end of its window.
  struct Pending {
    Chain chain;
    uint32_t since = kNoOccurrence;  // what completed it: a fact may come late
    std::set<std::string> values;    // `from only`
  };

  void BeginRun(uint32_t run);
  void Count(const scan::Event& event);
  void Pass(uint32_t index, std::vector<Firing>* fired);

  bool Fits(const vm::Step& step, const scan::Event& event) const;
  // What the event itself has.
  std::vector<vm::Value> OwnSlotsOf(const vm::Step& step,
                                    const scan::Event& event) const;
  // With what is derived; `event` is the one at hand.
  std::vector<vm::Value> SlotsOf(const vm::Step& step,
                                 const scan::Event& event) const;
  Key HistoryKey(const vm::Step& step, const scan::Event& event) const;
  void NoteHistory(const scan::Event& event);
  Key KeyOf(const vm::Step& step, const scan::Event& event) const;
  std::optional<std::string> SpreadValue(const vm::Step& step,
                                         const scan::Event& event) const;

  void Forget(size_t stage, const Key& key);
  Chain Begin(const Key& key) const;
  // True: the event completed the rule, and is used up.
  bool Members(size_t stage, uint32_t index, std::vector<Firing>* fired);
  void Member(size_t stage, uint32_t step, uint32_t index,
              std::vector<Move>* moves);
  static void Take(uint32_t step, uint32_t index, Chain* chain);
  void Only(uint32_t step, uint32_t index);
  std::optional<Chain> All(uint32_t step, uint32_t index);
  bool FactCame(size_t stage, uint32_t index, const Key& key,
                std::vector<Firing>* fired);
  // The chains at a place that an event with `key` can go on from; at the first
  // place the empty one.
  std::vector<Chain> From(size_t place, const Key& key, uint32_t index) const;
  void Keep(size_t place, Chain chain);
  bool InWindow(const Chain& chain, uint32_t index) const;
  bool InWindow(uint32_t from, uint32_t index) const;
  // What a full stage still asks for, but facts that must come before it.
  // `*wait`: a fact may come later.
  bool Complete(size_t stage, uint32_t index, Chain* chain, bool* wait) const;
  // Takes the latest event of each fact; false: one is not known in the window.
  bool Know(const std::vector<uint32_t>& facts, uint32_t index,
            Chain* chain) const;
  enum class Progress : uint8_t {
    None,   // not complete, or gone on to the next stage
    Waits,  // for facts
    Fired,  // or waits for the trailing absence
  };
  Progress Advance(size_t stage, uint32_t index, Chain* chain,
                   std::vector<Firing>* fired);
  void Fire(const Chain& chain, bool at_end, uint16_t flags,
            std::vector<Firing>* fired);
  void Reset(const Key& key);
  bool Joined(uint32_t step, const Chain& chain) const;
  bool Quiet(const vm::Step& step, uint32_t number, uint32_t index,
             Chain* chain) const;

  const scan::Engine& engine_;
  const vm::Rule& rule_;
  const Timeline& timeline_;
  std::vector<Stage> stages_;
  size_t places_ = 0;
  std::vector<uint32_t> facts_;  // steps of all stages
  bool spans_runs_ = false;
  bool started_ = false;
  uint32_t run_ = 0;
  bool wildcards_ = false;
  bool evicted_ = false;
  std::map<Key, Registers> registers_;
  std::list<Key> recent_;
  std::vector<Latest> latest_;  // per step: facts, and what is looked back for
  // Per step and slot; null: not of the past.
  std::vector<std::vector<std::unique_ptr<History>>> histories_;
  std::unique_ptr<scan::Scratch> scratch_;
  std::vector<bool> looks_back_;  // per step: absent, for so long
  std::map<Key, Pending> pending_;
  // `from all`: the values of the attempt, and where each was last seen.
  std::set<std::string> seen_;
  std::map<Key, std::map<std::string, uint32_t>> last_seen_;
};

}  // namespace telltale::verdict
