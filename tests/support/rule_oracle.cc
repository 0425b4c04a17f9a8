#include "tests/support/rule_oracle.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tests/support/rule_search.h"

namespace telltale::testing {

namespace {

using Kind = ModelSpan::Kind;
struct Wait {  // for a trailing absence, or the end of a window
  ModelKey key;
  Choice choice;
  std::vector<Choice> equals;  // any of which may be reported
  std::set<int64_t> values;
  uint32_t since = kNone;  // what completed it
};

class Oracle {
 public:
  Oracle(const ModelRule& rule, const ModelStream& stream)
      : rule_(rule), stream_(stream), search_(rule, stream) {}

  Judgement Run(std::vector<ModelFiring> found) {
    if (search_.trailing() != kNone || search_.only()) {
      Waiting(std::move(found));
    } else {
      AtEvents(std::move(found));
    }
    out_.stopped = search_.stopped() || tied_;
    return std::move(out_);
  }

 private:
  const ModelEvent& At(uint32_t index) const { return stream_.events[index]; }
  // Of `from only`: there is no other that must come.
  uint32_t only_step() const {
    uint32_t step = 0;
    while (rule_.steps[step].spread != ModelSpread::Only) {
      ++step;
    }
    return step;
  }

  // ---------------------------------------------- rules that events complete

  std::vector<uint32_t> WithFacts(const Choice& choice) const {
    std::set<uint32_t> all(choice.members.begin(), choice.members.end());
    for (uint32_t k = 0; k < rule_.steps.size(); ++k) {
      if (rule_.steps[k].last) {
        all.insert(choice.steps[k]);
      }
    }
    return {all.begin(), all.end()};
  }

  ModelFiring AsFiring(const Choice& choice, uint64_t line) const {
    ModelFiring firing;
    firing.steps = choice.steps;
    firing.members = WithFacts(choice);
    firing.line = line;
    firing.at_start = choice.at_start;
    firing.no_clock = search_.timed() &&
                      std::any_of(firing.members.begin(), firing.members.end(),
                                  [&](uint32_t k) { return !At(k).time; });
    return firing;
  }

  void Expect(const ModelFiring& firing) {
    ++out_.firings;
    out_.expectation += FiringText(firing);
  }

  void AtEvents(std::vector<ModelFiring> found) {
    for (uint32_t now = 0; now < stream_.events.size(); ++now) {
      std::vector<ModelFiring> here;
      for (const ModelFiring& firing : found) {
        if (firing.members.empty() || firing.members.back() == now) {
          here.push_back(firing);
        }
      }
      const std::vector<Choice> best = search_.Best(now);
      if (search_.stopped()) {
        return;
      }
      if (!best.empty()) {
        Expect(AsFiring(best[0], At(best[0].latest).line));
      }
      if (here.size() != (best.empty() ? 0u : 1u)) {
        out_.difference = fmt::format("{} firings at event {}, not {}",
                                      here.size(), now, best.empty() ? 0 : 1);
        return;
      }
      if (best.empty()) {
        continue;
      }
      const auto same =
          std::find_if(best.begin(), best.end(), [&](const Choice& choice) {
            return AsFiring(choice, At(choice.latest).line) == here[0];
          });
      if (same == best.end()) {
        out_.difference = fmt::format(
            "what is reported at event {} is none of {} best choices", now,
            best.size());
        return;
      }
      search_.Use(now, same->key);
    }
  }

  // ------------------------------------------------- rules that time completes

  void Decide(const Wait& wait, uint64_t line, bool at_eof,
              bool end_has_time = true) {
    std::vector<ModelFiring>& any = expected_.emplace_back();
    for (const Choice& choice : wait.equals) {
      ModelFiring firing = AsFiring(choice, line);
      firing.at_eof = at_eof;
      firing.no_clock = firing.no_clock || (search_.timed() && !end_has_time);
      any.push_back(std::move(firing));
    }
    Expect(any[0]);
  }

  void Waiting(std::vector<ModelFiring> found) {
    uint32_t run = 0;
    BeginRun();
    for (uint32_t now = 0; now < stream_.events.size(); ++now) {
      for (; run < At(now).run; ++run) {
        EndRun(run, false);
        BeginRun();
      }
      TimePasses(now);
      if (At(now).kind == kSighting) {
        continue;
      }
      if (search_.only()) {
        OnlyCame(now);
        continue;
      }
      if (search_.Fits(search_.trailing(), now)) {
        const ModelKey key = search_.KeyOf(search_.trailing(), now);
        std::erase_if(waits_, [&](const Wait& wait) {
          return Compatible(wait.key, key);
        });
      }
      if (!search_.alone()) {
        Starts(now);
      }
      if (search_.stopped() || tied_) {
        return;
      }
    }
    for (; run + 1 < stream_.ends.size(); ++run) {
      EndRun(run, false);
      BeginRun();
    }
    EndRun(run, true);
    Same(std::move(found));
  }

  void BeginRun() {
    if (!search_.spans_runs()) {
      waits_.clear();
    }
    if (search_.alone() && (waits_.empty() || !search_.spans_runs())) {
      Wait wait;
      wait.key.resize(search_.key_parts());
      wait.choice.steps.assign(rule_.steps.size(), kNone);
      wait.equals = {wait.choice};
      waits_.push_back(std::move(wait));
    }
  }

  void TimePasses(uint32_t now) {
    for (size_t k = 0; k < waits_.size();) {
      const Choice& choice = waits_[k].choice;
      if (choice.latest == kNone) {
        ++k;
        continue;
      }
      if (search_.only()) {
        if (At(now).kind == kSighting || search_.InWindow(choice.first, now)) {
          ++k;
          continue;
        }
        OnlyEnds(waits_[k], false);
      } else if (At(now).kind != kSighting &&
                 RuleSearch::Passed(rule_.steps[search_.trailing()].hold,
                                    At(waits_[k].since), At(now).line,
                                    At(now).time)) {
        Decide(waits_[k], At(choice.latest).line, false);
      } else {
        ++k;
        continue;
      }
      waits_.erase(waits_.begin() + static_cast<std::ptrdiff_t>(k));
    }
  }

  // A later start does not put the deadline off.
  void Starts(uint32_t now) {
    const std::vector<Choice> best = search_.Best(now);
    if (best.empty() || search_.stopped()) {
      return;
    }
    tied_ = tied_ ||
            std::any_of(best.begin(), best.end(), [&](const Choice& choice) {
              return choice.key != best[0].key;
            });
    search_.Use(now, best[0].key);
    const Choice& start = *std::max_element(
        best.begin(), best.end(),
        [](const Choice& a, const Choice& b) { return a.latest < b.latest; });
    if (std::none_of(waits_.begin(), waits_.end(),
                     [&](const Wait& wait) { return wait.key == start.key; })) {
      Wait wait{start.key, start, {}, {}, now};
      std::copy_if(
          best.begin(), best.end(), std::back_inserter(wait.equals),
          [&](const Choice& choice) { return choice.latest == start.latest; });
      waits_.push_back(std::move(wait));
    }
  }

  void OnlyCame(uint32_t now) {
    const uint32_t step = only_step();
    if (!search_.Fits(step, now) || !At(now).r.has_value()) {
      return;
    }
    const ModelKey key = search_.KeyOf(step, now);
    auto at = std::find_if(waits_.begin(), waits_.end(),
                           [&](const Wait& wait) { return wait.key == key; });
    if (at == waits_.end()) {
      Wait wait;
      wait.key = key;
      wait.choice.steps.assign(rule_.steps.size(), kNone);
      wait.choice.first = now;
      at = waits_.insert(waits_.end(), std::move(wait));
    }
    at->choice.members.push_back(now);
    at->choice.steps[step] = now;
    at->choice.latest = now;
    at->values.insert(*At(now).r);
    at->equals = {at->choice};
  }

  void OnlyEnds(const Wait& wait, bool at_eof) {
    if (wait.values.size() == rule_.steps[only_step()].spread_count) {
      Decide(wait, At(wait.choice.latest).line, at_eof);
    }
  }

  void EndRun(uint32_t run, bool last) {
    const bool input = last && stream_.end == StreamEnd::Input;
    const ModelEnd& end = stream_.ends[run];
    const ModelSpan hold = search_.trailing() == kNone
                               ? ModelSpan{}
                               : rule_.steps[search_.trailing()].hold;
    const bool ends = !last || input;
    for (size_t k = 0; k < waits_.size();) {
      const Wait& wait = waits_[k];
      const uint32_t latest = wait.choice.latest;
      bool over = last || !search_.spans_runs();
      if (search_.only()) {
        if (over && ends) {
          OnlyEnds(wait, input);
        }
      } else if (latest == kNone && end.line == 0) {
        over = over || hold.kind == Kind::Run;
      } else if (latest != kNone && end.line != 0 && over &&
                 RuleSearch::Passed(hold, At(wait.since), end.line, end.time)) {
        Decide(wait, At(latest).line, false);
      } else if (input ? rule_.steps[search_.trailing()].or_eof
                       : !last && hold.kind == Kind::Run) {
        Decide(wait, end.line, input, end.line != 0 && end.time.has_value());
        over = true;
      }
      if (over) {
        waits_.erase(waits_.begin() + static_cast<std::ptrdiff_t>(k));
      } else {
        ++k;
      }
    }
  }

  void Same(std::vector<ModelFiring> found) {
    for (const std::vector<ModelFiring>& any : expected_) {
      const auto same = std::find_first_of(found.begin(), found.end(),
                                           any.begin(), any.end());
      if (same == found.end()) {
        out_.difference = "missed" + FiringText(any[0]);
        return;
      }
      found.erase(same);
    }
    if (!found.empty()) {
      out_.difference = "unexpected" + FiringText(found[0]);
    }
  }

  const ModelRule& rule_;
  const ModelStream& stream_;
  RuleSearch search_;
  bool tied_ = false;  // starts of several keys: which one waits is not said
  std::vector<Wait> waits_;
  std::vector<std::vector<ModelFiring>> expected_;  // each: one of these
  Judgement out_;
};

}  // namespace

Judgement Judge(const ModelRule& rule, const ModelStream& stream,
                const std::vector<ModelFiring>& found) {
  return Oracle(rule, stream).Run(found);
}

std::string FiringText(const ModelFiring& firing) {
  std::string steps;
  for (const uint32_t step : firing.steps) {
    steps += step == kNone ? " -" : fmt::format(" {}", step);
  }
  return fmt::format(
      "  line {} steps{} events {}{}{}{}\n", firing.line, steps,
      fmt::join(firing.members, " "), firing.at_eof ? " at_eof" : "",
      firing.at_start ? " at_start" : "", firing.no_clock ? " no_clock" : "");
}

}  // namespace telltale::testing
