#include "tests/support/rule_model.h"

#include <algorithm>

#include <fmt/format.h>

namespace telltale::testing {

namespace {

constexpr std::string_view kKindNames[] = {"a", "b", "c", "d"};

std::string SpanText(const ModelSpan& span) {
  switch (span.kind) {
    case ModelSpan::Kind::None:
      return "";
    case ModelSpan::Kind::Run:
      return "run";
    case ModelSpan::Kind::Stream:
      return "stream";
    case ModelSpan::Kind::Seconds:
      return fmt::format("{}s", span.amount);
    case ModelSpan::Kind::Lines:
      return fmt::format("{} lines", span.amount);
  }
  return "";
}

std::string StepText(const ModelStep& step, size_t index) {
  std::string out;
  if (step.absent) {
    out += "no ";
  } else {
    out += fmt::format("{}s{}: ", step.last ? "last " : "", index);
  }
  if (step.count > 1) {
    out += fmt::format("{}+ ", step.count);
  }
  std::string kinds;
  for (const uint32_t kind : step.kinds) {
    kinds += kinds.empty() ? "" : " | ";
    kinds += kKindNames[kind];
  }
  out += step.kinds.size() > 1 ? "(" + kinds + ")" : kinds;
  switch (step.spread) {
    case ModelSpread::None:
      break;
    case ModelSpread::AtLeast:
      out += fmt::format(" from {}+ r", step.spread_count);
      break;
    case ModelSpread::Only:
      out += fmt::format(" from only {} r", step.spread_count);
      break;
    case ModelSpread::All:
      out += " from all r";
      break;
  }
  std::string where;
  if (step.where.has_value()) {
    where = fmt::format("n == {}", *step.where);
  }
  if (step.join.has_value()) {
    where += where.empty() ? "" : " and ";
    where += fmt::format("n {} s{}.n",
                         step.join->less ? "<" : "==", step.join->other);
  }
  out += where.empty() ? "" : " where " + where;
  if (step.hold.kind != ModelSpan::Kind::None) {
    out += " for " + SpanText(step.hold);
  }
  return out + (step.or_eof ? " or eof" : "");
}

// ---------------------------------------------------------------- random rules

class RuleMaker {
 public:
  explicit RuleMaker(Random* random) : random_(*random) {}

  ModelRule Run() {
    by();
    if (random_.OneIn(30)) {
      ModelStep alone = Absent(0);
      alone.hold.kind = ModelSpan::Kind::Run;
      alone.or_eof = random_.OneIn(2);
      Add(alone);
      return rule_;
    }
    const uint32_t stages = 1 + random_.Below(random_.OneIn(3) ? 3 : 2);
    bool only = false;
    for (uint32_t k = 0; k < stages && !only; ++k) {
      Before(k);
      only = Members(k, k + 1 == stages);
    }
    if (!only && random_.OneIn(4)) {
      Trailing();
    }
    Joins();
    Window();
    return rule_;
  }

 private:
  void by() {
    rule_.by_k = random_.OneIn(2);
    rule_.by_r = random_.OneIn(8);
  }

  void Add(ModelStep step) {
    step.group = group_;
    rule_.steps.push_back(std::move(step));
  }

  ModelStep Step() {
    ModelStep step;
    step.kinds = {random_.Below(kKinds)};
    if (random_.OneIn(5)) {
      step.kinds.push_back(random_.Below(kKinds));
    }
    std::sort(step.kinds.begin(), step.kinds.end());
    step.kinds.erase(std::unique(step.kinds.begin(), step.kinds.end()),
                     step.kinds.end());
    if (random_.OneIn(8)) {
      step.where = 1 + random_.Below(2);
    }
    return step;
  }

  ModelStep Absent(uint32_t /*stage*/) {
    ModelStep step = Step();
    step.absent = true;
    return step;
  }

  ModelSpan Span(bool none_too) {
    ModelSpan span;
    switch (random_.Below(none_too ? 6 : 5)) {
      case 0:
        span.kind = ModelSpan::Kind::Run;
        break;
      case 1:
      case 2:
        span.kind = ModelSpan::Kind::Seconds;
        span.amount = 1 + random_.Below(12);
        break;
      case 3:
        span.kind = ModelSpan::Kind::Lines;
        span.amount = 1 + random_.Below(20);
        break;
      case 4:
        span.kind = ModelSpan::Kind::Stream;
        break;
      default:
        break;
    }
    return span;
  }

  // What stands in front of a stage.
  void Before(uint32_t stage) {
    if (random_.OneIn(6)) {
      ModelStep fact = Step();
      fact.last = true;
      Add(fact);
      facts_.push_back(rule_.steps.size() - 1);
      ++group_;
    }
    if (stage > 0 && random_.OneIn(4)) {
      Add(Absent(stage));
      ++group_;
    }
    if (random_.OneIn(8)) {
      ModelStep absent = Absent(stage);
      absent.hold = Span(false);
      looks_back_ = true;
      Add(absent);
      ++group_;
    }
  }

  // True: `from only`, no step follows.
  bool Members(uint32_t stage, bool final) {
    const size_t before = rule_.steps.size();
    const uint32_t shape = random_.Below(12);
    if (shape < 2) {
      Group(final && !looks_back_);
    } else if (final && !looks_back_ && shape == 2) {
      Group(true);
    } else {
      ModelStep step = Step();
      if (shape == 3 || shape == 4) {
        step.count = 2 + random_.Below(2);
      } else if (shape == 5 || shape == 6) {
        step.spread = ModelSpread::AtLeast;
        step.spread_count = 2 + random_.Below(2);
      } else if (shape == 7 && stage == 0) {
        step.spread = ModelSpread::All;
      } else if (shape == 8 && before == 0) {
        step.spread = ModelSpread::Only;
        step.spread_count = 1 + random_.Below(2);
      }
      if (step.spread == ModelSpread::All || step.spread == ModelSpread::Only) {
        std::erase(step.kinds, 3u);  // it has no k
        if (step.kinds.empty()) {
          step.kinds.push_back(0);
        }
      }
      if (!facts_.empty() && random_.OneIn(2)) {
        step.join =
            ModelJoin{static_cast<uint32_t>(facts_.back()), random_.OneIn(2)};
      }
      Add(step);
    }
    const bool only = rule_.steps.back().spread == ModelSpread::Only;
    ++group_;
    facts_.clear();
    looks_back_ = false;
    return only;
  }

  void Group(bool late_fact) {
    const uint32_t members =
        late_fact ? 1 + random_.Below(2) : 2 + (random_.OneIn(4) ? 1u : 0u);
    std::vector<uint32_t> kinds;
    for (uint32_t k = 0; k < members; ++k) {
      Add(Step());
      const std::vector<uint32_t>& own = rule_.steps.back().kinds;
      kinds.insert(kinds.end(), own.begin(), own.end());
    }
    if (late_fact) {
      // Not what is a member, too: whether an event is then its own fact is
      // not a matter of search.
      ModelStep fact = Step();
      std::erase_if(fact.kinds, [&](uint32_t kind) {
        return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
      });
      fact.last = true;
      if (!fact.kinds.empty()) {
        Add(fact);
      }
    }
  }

  void Trailing() {
    ModelStep absent = Absent(0);
    absent.hold = Span(false);
    absent.or_eof = random_.OneIn(2);
    Add(absent);
  }

  // Equality of the values of two events.
  void Joins() {
    if (!random_.OneIn(3)) {
      return;
    }
    std::vector<uint32_t> members;
    for (uint32_t k = 0; k < rule_.steps.size(); ++k) {
      ModelStep& step = rule_.steps[k];
      if (step.last || step.join.has_value()) {
        continue;
      }
      if (!members.empty() && random_.OneIn(2)) {
        step.join = ModelJoin{
            members[random_.Below(static_cast<uint32_t>(members.size()))],
            false};
      }
      if (!step.absent) {
        members.push_back(k);
      }
    }
  }

  void Window() {
    rule_.within.push_back(Span(false));
    if (random_.OneIn(5)) {
      rule_.within.push_back(Span(false));
    }
    uint32_t events = 0;
    for (const ModelStep& step : rule_.steps) {
      events += step.absent ? 0 : step.count;
      events += step.spread == ModelSpread::None ? 0 : 1;
    }
    if (events == 1 && random_.OneIn(2)) {
      rule_.within.clear();
    }
  }

  Random& random_;
  ModelRule rule_;
  uint32_t group_ = 0;
  std::vector<size_t> facts_;  // of this stage, in front of its members
  bool looks_back_ = false;
};

std::optional<int64_t> Maybe(Random* random, uint32_t missing, uint32_t below) {
  const int64_t value = 1 + random->Below(below);
  return random->Below(100) < missing ? std::nullopt : std::optional(value);
}

std::string Shown(const std::optional<int64_t>& value) {
  return value.has_value() ? std::to_string(*value) : "-";
}

}  // namespace

ModelRule RandomRule(Random* random) {
  return RuleMaker(random).Run();
}

bool CountsApart(const ModelRule& rule) {
  return std::any_of(rule.steps.begin(), rule.steps.end(),
                     [](const auto& step) {
                       return step.spread == ModelSpread::All ||
                              step.spread == ModelSpread::Only;
                     });
}

ModelStream RandomStream(Random* random, bool complete) {
  ModelStream stream;
  stream.end = random->OneIn(5) ? StreamEnd::Open : StreamEnd::Input;
  const uint32_t count =
      random->OneIn(8) ? random->Below(15) : 7 + random->Below(8);
  const uint32_t runs = random->OneIn(5) ? 2 + random->Below(2) : 1;
  // The values that events lack, in percent.
  const uint32_t no_k = !complete && random->OneIn(2) ? 30 : 0;
  const uint32_t no_r = random->OneIn(2) ? 20 : 0;
  const uint32_t no_n = !complete && random->OneIn(3) ? 20 : 0;
  const uint32_t kinds = 3 + random->Below(2);
  // Events before the first stamp.
  const uint32_t clock = random->OneIn(8)   ? count
                         : random->OneIn(4) ? random->Below(count + 1)
                                            : 0;
  int64_t time = random->Below(4);
  uint64_t line = 1;
  ModelEnd end;
  uint32_t run = 0;
  const auto close = [&] {
    end.line = line;
    if (end.time.has_value() && random->OneIn(2)) {
      end.time = time = time + random->Below(5);
    }
    end.line = line = line + random->Below(4);
    if (random->OneIn(12)) {
      end.line = 0;
    }
    stream.ends.push_back(end);
    ++run;
  };
  if (random->OneIn(3)) {
    stream.begin_time = time;
  }
  for (uint32_t k = 0; k < count; ++k) {
    while (run + 1 < runs && random->Below(count) < runs) {
      close();
      ++line;
    }
    ModelEvent event;
    event.kind = random->OneIn(10) ? kSighting : random->Below(kinds);
    event.run = run;
    line += random->OneIn(6) ? 0 : 1 + random->Below(2);
    event.line = line;
    time += random->OneIn(3) ? 0 : random->Below(4);
    if (k >= clock) {
      event.time = time;
      stream.begin_time = stream.begin_time.value_or(time);
    } else {
      stream.begin_time.reset();
    }
    event.n = Maybe(random, no_n, 2);
    event.k = Maybe(random, no_k, 2);
    event.r = Maybe(random, no_r, 3);
    if (event.kind == 3 || event.kind == kSighting) {
      event.k.reset();
    }
    if (event.kind == kSighting) {
      event.n.reset();
    }
    end.time = event.time;
    stream.events.push_back(event);
  }
  while (run < runs) {
    close();
    ++line;
  }
  return stream;
}

std::string RuleText(const ModelRule& rule) {
  std::string out = "rule r when ";
  for (size_t k = 0; k < rule.steps.size(); ++k) {
    if (k > 0) {
      out += rule.steps[k].group == rule.steps[k - 1].group ? " & " : " -> ";
    }
    out += StepText(rule.steps[k], k);
  }
  for (size_t k = 0; k < rule.within.size(); ++k) {
    out += (k == 0 ? " within " : ", ") + SpanText(rule.within[k]);
  }
  if (rule.by_k || rule.by_r) {
    out += " by ";
    out += rule.by_k ? "k" : "";
    out += rule.by_k && rule.by_r ? ", " : "";
    out += rule.by_r ? "r" : "";
  }
  return out + "\n";
}

std::string PackText(const ModelRule& rule) {
  return "source s\n"
         "  prefix ^\"{r:int}: \"\n"
         "  line ^\"{msg}\"\n"
         "  key r\n"
         "sig a \"a {k:int?} {n:int?}\"  hit \"a 1 1\"\n"
         "sig b \"b {k:int?} {n:int?}\"  hit \"b 1 1\"\n"
         "sig c \"c {k:int?} {n:int?}\"  hit \"c 1 1\"\n"
         "sig d \"d {n:int?}\"  hit \"d 1\"\n" +
         RuleText(rule);
}

std::string StreamText(const ModelStream& stream) {
  std::string out;
  for (size_t k = 0; k < stream.events.size(); ++k) {
    const ModelEvent& event = stream.events[k];
    out += fmt::format("{:3}: {} run {} line {} time {} k {} n {} r {}\n", k,
                       event.kind == kSighting ? "-" : kKindNames[event.kind],
                       event.run, event.line, Shown(event.time), Shown(event.k),
                       Shown(event.n), Shown(event.r));
  }
  for (size_t run = 0; run < stream.ends.size(); ++run) {
    out += fmt::format("run {} ends at line {} time {}\n", run,
                       stream.ends[run].line, Shown(stream.ends[run].time));
  }
  return out + fmt::format("first stamp {}, {}\n", Shown(stream.begin_time),
                           stream.end == StreamEnd::Open ? "more may follow"
                                                         : "the input ends");
}

}  // namespace telltale::testing
