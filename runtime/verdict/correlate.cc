#include "runtime/verdict/correlate.h"

#include <algorithm>
#include <deque>
#include <numeric>
#include <optional>

#include "runtime/base/narrow.h"
#include "runtime/verdict/phases.h"
#include "runtime/verdict/rule_state.h"

namespace telltale::verdict {

namespace {

using scan::Event;
using scan::kNoTime;

class Correlator {
 public:
  Correlator(const scan::Engine& engine, Timeline* timeline)
      : program_(engine.program()), timeline_(*timeline), phases_(engine) {
    for (size_t r = 0; r < program_.rules.size(); ++r) {
      order_.push_back(r);
      states_.emplace_back(engine, program_.rules[r], *timeline);
    }
    std::stable_sort(order_.begin(), order_.end(), [&](size_t a, size_t b) {
      return program_.rules[a].depth < program_.rules[b].depth;
    });
  }

  void Run(End end) {
    std::vector<Occurrence> input = std::move(timeline_.occurrences);
    timeline_.occurrences.clear();
    uint32_t run = 0;
    for (Occurrence& occurrence : input) {
      // Attempts without events end, too.
      for (; run < occurrence.run; ++run) {
        EndAttempt(run, End::Attempt);
      }
      if (!occurrence.event->type.valid()) {
        for (RuleState& state : states_) {
          state.Saw(occurrence);
        }
        continue;
      }
      occurrence.place = Narrow<uint32_t>(last_place_++);
      occurrence.stage = phases_.Feed(occurrence);
      timeline_.occurrences.push_back(std::move(occurrence));
      FeedFrom(timeline_.occurrences.size() - 1);
    }
    for (; run + 1 < timeline_.runs; ++run) {
      EndAttempt(run, End::Attempt);
    }
    EndAttempt(run, end);
    SortByRecord();
  }

 private:
  // Rules on rules see what the end decides.
  void EndAttempt(uint32_t run, End end) {
    for (const size_t r : order_) {
      const size_t next = timeline_.occurrences.size();
      for (const Firing& firing : states_[r].EndAttempt(run, end)) {
        Fire(r, firing);
      }
      FeedFrom(next);
    }
  }

  // Firings of lower rules come in between and are seen by deeper ones.
  void FeedFrom(size_t next) {
    for (; next < timeline_.occurrences.size(); ++next) {
      for (const size_t r : order_) {
        for (const Firing& firing : states_[r].Feed(Narrow<uint32_t>(next))) {
          Fire(r, firing);
        }
      }
    }
  }

  void Fire(size_t r, const Firing& firing) {
    Event event;
    Occurrence out;
    out.run = firing.run;
    if (firing.anchor != kNoOccurrence) {
      const Occurrence& anchor = timeline_.occurrences[firing.anchor];
      event = *anchor.event;
      out.place = anchor.place;
      out.stage = anchor.stage;
      out.skew = anchor.skew;
    } else {
      if (firing.run < timeline_.ends.size()) {
        event = timeline_.ends[firing.run].event;
      }
      out.place = LastPlaceOf(firing.run);
    }
    event.type = program_.rule_event(r);
    event.slots = {};
    event.flags = static_cast<uint16_t>(event.flags | firing.flags);
    const std::vector<vm::Reach>& within = program_.rules[r].within;
    const bool timed =
        std::any_of(within.begin(), within.end(), [](const vm::Reach& reach) {
          return reach.kind == vm::Reach::Kind::Duration;
        });
    const bool clock =
        event.time != kNoTime &&
        std::all_of(
            firing.members.begin(), firing.members.end(), [&](uint32_t member) {
              return timeline_.occurrences[member].event->time != kNoTime;
            });
    if (timed && !clock) {
      event.flags |= scan::kNoClock;
    }
    timeline_.derived.push_back(event);
    out.event = &timeline_.derived.back();
    out.steps = firing.steps;
    out.members = firing.members;
    timeline_.occurrences.push_back(std::move(out));
  }

  uint32_t LastPlaceOf(uint32_t run) const {
    uint32_t place = 0;
    for (const Occurrence& occurrence : timeline_.occurrences) {
      if (occurrence.run <= run) {
        place = std::max(place, occurrence.place);
      }
    }
    return place;
  }

  // A rule may point at a record before the one that decided it: what comes
  // before what is a matter of records.
  void SortByRecord() {
    std::vector<Occurrence>& all = timeline_.occurrences;
    std::vector<uint32_t> order(all.size());
    std::iota(order.begin(), order.end(), 0u);
    std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
      return all[a].place < all[b].place;
    });
    std::vector<uint32_t> moved(all.size());
    std::vector<Occurrence> sorted;
    for (uint32_t k = 0; k < order.size(); ++k) {
      moved[order[k]] = k;
      sorted.push_back(std::move(all[order[k]]));
    }
    for (Occurrence& occurrence : sorted) {
      for (uint32_t& step : occurrence.steps) {
        step = step == kNoOccurrence ? step : moved[step];
      }
      for (uint32_t& member : occurrence.members) {
        member = moved[member];
      }
      std::sort(occurrence.members.begin(), occurrence.members.end());
    }
    all = std::move(sorted);
  }

  const vm::Program& program_;
  Timeline& timeline_;
  Phases phases_;
  std::vector<size_t> order_;
  std::deque<RuleState> states_;
  size_t last_place_ = 0;
};

}  // namespace

namespace {

// Clocks of two files need not agree.
int64_t SkewOf(const Occurrence& a, const Occurrence& b) {
  return a.event->file == b.event->file ? 0 : std::max(a.skew, b.skew);
}

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
             b.event->time - a.event->time - SkewOf(a, b) <= reach.amount;
    case vm::Reach::Kind::Lines:
      // Lines are counted within one file. A firing may point back.
      return a.event->file == b.event->file &&
             b.event->line <=
                 a.event->line + static_cast<uint64_t>(reach.amount);
  }
  return false;
}

std::vector<Standing> StandingsOf(const scan::Engine& engine,
                                  const Timeline& timeline, size_t rule,
                                  uint32_t last) {
  RuleState state(engine, engine.program().rules[rule], timeline);
  for (uint32_t k = 0; k <= last; ++k) {
    state.Feed(k);
  }
  return state.Standings(last);
}

void Correlate(const scan::Engine& engine, Timeline* timeline, End end) {
  if (!engine.program().rules.empty() || !engine.program().phases.empty()) {
    Correlator(engine, timeline).Run(end);
  }
}

}  // namespace telltale::verdict
