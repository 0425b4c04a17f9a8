// The order of the questions, per attempt: which events on one record are
// beaten by a better match; which were survived (`clears`); which are another
// event's fallout (`explains`); of what is left the earliest candidate is the
// root, else the earliest cascade.
#include <algorithm>
#include <map>

#include "runtime/base/narrow.h"
#include "runtime/verdict/correlate.h"
#include "runtime/verdict/rivals.h"
#include "runtime/verdict/values.h"
#include "runtime/verdict/verdict.h"

namespace telltale::verdict {

namespace {

using scan::Event;

constexpr uint32_t kNobody = kNoOccurrence;
constexpr size_t kMaxAlternatives = 16;

bool Contains(const std::vector<vm::EventId>& sorted, vm::EventId id) {
  return std::binary_search(sorted.begin(), sorted.end(), id);
}

bool AgreeOnKeys(const Event& a, const Event& b) {
  for (size_t k = 0; k < a.keys.size() && k < b.keys.size(); ++k) {
    if (a.keys[k].present && b.keys[k].present &&
        !vm::SameValue(a.keys[k], b.keys[k])) {
      return false;
    }
  }
  return true;
}

class RunJudge {
 public:
  RunJudge(const scan::Engine& engine, const Timeline& timeline,
           std::vector<uint32_t> members, std::vector<Fate>* fates)
      : engine_(engine),
        program_(engine.program()),
        timeline_(timeline),
        members_(std::move(members)),
        fates_(*fates) {
    // Where the kinds that explain or clear something occur.
    for (const uint32_t index : members_) {
      const vm::Meaning* meaning = MeaningAt(index);
      if (meaning != nullptr &&
          !(meaning->explains.empty() && meaning->clears.empty())) {
        places_[EventAt(index).type].push_back(index);
      }
    }
  }

  RunVerdict Run(uint32_t run) {
    for (const uint32_t index : members_) {
      verdicts_.emplace(index, Decide(index));
    }
    Beat();
    Clear();
    Explain();
    RunVerdict verdict;
    verdict.run = run;
    const uint32_t root = FindRoot();
    if (root != kNobody) {
      verdict.root = MakeFinding(root);
      AddAlternatives(root, &verdict);
      Weigh(&verdict);
    }
    AddRest(root, &verdict);
    verdict.outcome = OutcomeOf(root);
    return verdict;
  }

 private:
  const Occurrence& At(uint32_t index) const {
    return timeline_.occurrences[index];
  }
  const Event& EventAt(uint32_t index) const { return *At(index).event; }
  const vm::Meaning* MeaningAt(uint32_t index) const {
    return program_.meaning(EventAt(index).type);
  }
  const vm::Verdict& VerdictAt(uint32_t index) const {
    return verdicts_.at(index);
  }

  vm::Verdict Decide(uint32_t index) const {
    return VerdictOf(engine_, timeline_, At(index));
  }

  // A value of an event, or of a rule's step, as text; nothing if absent.
  std::optional<std::string> KeyAt(uint32_t index,
                                   const std::optional<uint32_t>& step,
                                   std::string_view name) const {
    return KeyTextOf(engine_, timeline_, At(index), step, name);
  }

  bool Competes(uint32_t index) const {
    return verdict::Competes(program_, EventAt(index).type, VerdictAt(index));
  }

  // ------------------------------------------------- several on one record

  void Beat() {
    std::map<std::pair<uint32_t, uint64_t>, std::vector<uint32_t>> by_record;
    for (const uint32_t index : members_) {
      if (Competes(index)) {
        by_record[{EventAt(index).file, EventAt(index).offset}].push_back(
            index);
      }
    }
    for (auto& [record, rivals] : by_record) {
      BeatByRules(rivals);
      std::erase_if(rivals, [&](uint32_t rival) {
        return !program_.is_signature(EventAt(rival).type) ||
               fates_[rival].beaten_by != kNobody;
      });
      BeatBySignatures(rivals);
    }
  }

  // Rules do not compete by their text: only what `over` says.
  void BeatByRules(const std::vector<uint32_t>& rivals) {
    for (const uint32_t winner : rivals) {
      for (const uint32_t loser : rivals) {
        const bool rule = program_.is_rule(EventAt(winner).type) ||
                          program_.is_rule(EventAt(loser).type);
        if (rule && Contains(MeaningAt(winner)->over, EventAt(loser).type)) {
          fates_[loser].beaten_by = winner;
        }
      }
    }
  }

  void BeatBySignatures(const std::vector<uint32_t>& rivals) {
    if (rivals.empty()) {
      return;
    }
    std::vector<vm::EventId> types;
    for (const uint32_t rival : rivals) {
      types.push_back(EventAt(rival).type);
    }
    const uint32_t best = rivals[WinnerOf(program_, types)];
    for (const uint32_t rival : rivals) {
      // Two matches of one signature (a line, and a block that holds it) do
      // not compete.
      if (EventAt(rival).type != EventAt(best).type) {
        fates_[rival].beaten_by = best;
      }
    }
  }

  // ----------------------------------------------------------- proof of life

  // An event is survived if a later event of its attempt clears it; the nearest
  // later one of each clearing kind decides.
  void Clear() {
    for (const auto& [type, places] : places_) {
      const vm::Meaning* meaning = program_.meaning(type);
      for (const vm::Explains& clears : meaning->clears) {
        for (const uint32_t target : members_) {
          if (!Contains(clears.events, EventAt(target).type)) {
            continue;
          }
          const auto next =
              std::upper_bound(places.begin(), places.end(), target);
          if (next != places.end() &&
              (clears.back.kind == vm::Reach::Kind::None ||
               Within(clears.back, At(target), At(*next)))) {
            fates_[target].survived = true;
          }
        }
      }
    }
  }

  // -------------------------------------------------------------- causality

  // Each effect takes the nearest earlier explainer, else the nearest later.
  void Explain() {
    for (const uint32_t effect : members_) {
      for (const auto& [type, places] : places_) {
        if (type == EventAt(effect).type) {
          continue;
        }
        for (const vm::Explains& explains : program_.meaning(type)->explains) {
          if (Contains(explains.events, EventAt(effect).type)) {
            LookForCause(explains, places, effect);
          }
        }
      }
    }
    for (const uint32_t cause : members_) {
      if (VerdictAt(cause).is_candidate()) {
        for (const uint32_t member : At(cause).members) {
          Attribute(member, cause);
        }
      }
    }
    ExplainByChains();
    ExplainLeftOvers();
    BreakRings();
  }

  // What stands in an earlier block of a chain led to what stands in later
  // ones.
  void ExplainByChains() {
    // Per file and chain: the last candidate of each link so far.
    std::map<std::pair<uint32_t, uint32_t>, std::map<uint32_t, uint32_t>> seen;
    for (const uint32_t index : members_) {
      const Event& event = EventAt(index);
      if (event.chain == 0) {
        continue;
      }
      std::map<uint32_t, uint32_t>& links = seen[{event.file, event.chain}];
      const auto later = links.lower_bound(event.link);
      if (later != links.begin()) {
        Attribute(index, std::prev(later)->second);
      }
      if (VerdictAt(index).is_candidate() &&
          fates_[index].beaten_by == kNobody && !fates_[index].survived) {
        links[event.link] = index;
      }
    }
  }

  // A rule takes the tightest of its chains. Other copies of what it took, in
  // its window, are no failure of their own either.
  void ExplainLeftOvers() {
    std::map<vm::EventId, std::vector<uint32_t>> firings;
    for (const uint32_t index : members_) {
      const vm::EventId type = EventAt(index).type;
      if (program_.is_rule(type) && VerdictAt(index).is_candidate() &&
          !program_.rule(type).within.empty()) {
        firings[type].push_back(index);
      }
    }
    for (const auto& [type, places] : firings) {
      const vm::Rule& rule = program_.rule(type);
      for (const uint32_t effect : members_) {
        const auto takes = [&](const vm::Step& step) {
          return !step.absent && Contains(step.events, EventAt(effect).type);
        };
        if (fates_[effect].explained_by != kNobody ||
            std::none_of(rule.steps.begin(), rule.steps.end(), takes)) {
          continue;
        }
        const auto later =
            std::lower_bound(places.begin(), places.end(), effect);
        if (later != places.end() && IsLeftOver(rule, effect, *later)) {
          Attribute(effect, *later);
        } else if (later != places.begin() &&
                   IsLeftOver(rule, effect, *std::prev(later))) {
          Attribute(effect, *std::prev(later));
        }
      }
    }
  }

  bool IsLeftOver(const vm::Rule& rule, uint32_t effect,
                  uint32_t firing) const {
    const auto [first, last] = std::minmax(effect, firing);
    const auto in_window = [&, a = first, b = last](const vm::Reach& reach) {
      return Within(reach, At(a), At(b));
    };
    const std::vector<uint32_t>& taken = At(firing).members;
    return std::all_of(rule.within.begin(), rule.within.end(), in_window) &&
           std::any_of(taken.begin(), taken.end(), [&](uint32_t member) {
             return AreCopies(effect, member) &&
                    AgreeOnKeys(EventAt(effect), EventAt(member));
           });
  }

  // Causes that explain each other in a ring would leave nobody as root: the
  // earliest of a ring stands for itself.
  void BreakRings() {
    for (const uint32_t member : members_) {
      if (LeadsTo(member, member)) {
        fates_[member].explained_by = kNobody;
      }
    }
  }

  // `places`: where the explaining kind occurs. Reach shrinks with distance, so
  // the search ends at the first place out of reach.
  void LookForCause(const vm::Explains& explains,
                    const std::vector<uint32_t>& places, uint32_t effect) {
    const auto after = std::lower_bound(places.begin(), places.end(), effect);
    const auto fits = [&](uint32_t cause) {
      // What the run got over did not bring later things about.
      return fates_[cause].beaten_by == kNobody && !fates_[cause].survived &&
             AgreeOnKeys(EventAt(cause), EventAt(effect));
    };
    for (auto at = after; at != places.begin();) {
      --at;
      if (!Within(explains.for_, At(*at), At(effect))) {
        break;
      }
      if (fits(*at)) {
        Attribute(effect, *at);
        return;
      }
    }
    for (auto at = after; at != places.end(); ++at) {
      // What stands on one record is not before the other.
      const bool same_record = EventAt(*at).file == EventAt(effect).file &&
                               EventAt(*at).offset == EventAt(effect).offset;
      if (!same_record && !Within(explains.back, At(effect), At(*at))) {
        break;
      }
      if (fits(*at)) {
        Attribute(effect, *at);
        return;
      }
    }
  }

  void Attribute(uint32_t effect, uint32_t cause) {
    uint32_t& by = fates_[effect].explained_by;
    const bool better = by == kNobody ||
                        (cause < effect && (by > effect || cause > by)) ||
                        (cause > effect && by > effect && cause < by);
    if (better) {
      by = cause;
    }
  }

  // ------------------------------------------------------------------- root

  bool IsOpen(uint32_t index) const {
    const Fate& fate = fates_[index];
    return VerdictAt(index).is_candidate() && fate.beaten_by == kNobody &&
           fate.explained_by == kNobody && !fate.survived;
  }

  uint32_t Earliest(vm::Role role) const {
    for (const uint32_t index : members_) {
      if (IsOpen(index) && MeaningAt(index)->role == role) {
        // Rules come right after their last step; the record's own events
        // are earlier, and explained by the rule.
        return index;
      }
    }
    return kNobody;
  }

  uint32_t FindRoot() const {
    const uint32_t root = Earliest(vm::Role::Root);
    return root != kNobody ? root : Earliest(vm::Role::Cascade);
  }

  // --------------------------------------------------------------- findings

  void Count(std::vector<Group>* groups, uint32_t index) const {
    const Event& event = EventAt(index);
    for (Group& group : *groups) {
      if (group.type == event.type) {
        ++group.count;
        return;
      }
    }
    groups->push_back({event.type, event.file, event.line, 1});
  }

  // Follows the links up: fallout of fallout is fallout.
  bool LeadsTo(uint32_t effect, uint32_t cause) const {
    for (size_t hops = 0; hops < members_.size(); ++hops) {
      effect = fates_[effect].explained_by;
      if (effect == kNobody) {
        return false;
      }
      if (effect == cause) {
        return true;
      }
    }
    return false;
  }

  // A text with its values filled in. A signature's are its event's slots, a
  // rule's those that a step asks for by name.
  std::string Filled(const vm::TextTemplate& text, vm::EventId type,
                     const std::vector<const Event*>& steps) const {
    std::string out;
    for (const vm::TextPart& part : text) {
      if (part.step < 0) {
        out += part.literal;
        continue;
      }
      const auto step = static_cast<size_t>(part.step);
      const Event* event = step < steps.size() ? steps[step] : nullptr;
      std::optional<vm::Value> value;
      if (event != nullptr && program_.is_rule(type)) {
        value = Named(engine_, *event,
                      program_.rule(type).steps[step].slot_names[part.slot]);
      } else if (event != nullptr && part.slot < event->slots.size()) {
        value = event->slots[part.slot];
      }
      if (!value.has_value() || !value->present) {
        out += "?";
      } else if (!part.column.has_value()) {
        out += vm::ToText(*value);
      } else {
        const auto& rows = part.column->rows;
        const std::string key = vm::KeyText(*value);
        const auto row =
            std::find_if(rows.begin(), rows.end(),
                         [&](const auto& entry) { return entry.first == key; });
        out += row == rows.end() ? part.column->otherwise : row->second;
      }
    }
    return out;
  }

  // Copies of one event: of one kind, and equal in what it groups by.
  std::vector<std::string> GroupOf(uint32_t index) const {
    std::vector<std::string> group;
    for (const vm::GroupPart& part : MeaningAt(index)->group_by) {
      group.push_back(KeyAt(index, part.step, part.name).value_or(""));
    }
    return group;
  }

  bool AreCopies(uint32_t a, uint32_t b) const {
    return EventAt(a).type == EventAt(b).type && GroupOf(a) == GroupOf(b);
  }

  // Copies share the fate of the one that is told.
  bool IsCopyOf(uint32_t other, uint32_t index) const {
    return fates_[other].beaten_by == kNobody && !fates_[other].survived &&
           AreCopies(other, index);
  }

  // Is it the fallout of `index`, or of a copy?
  bool LeadsToCopyOf(uint32_t effect, uint32_t index) const {
    for (size_t hops = 0; hops < members_.size(); ++hops) {
      effect = fates_[effect].explained_by;
      if (effect == kNobody) {
        return false;
      }
      if (effect == index || IsCopyOf(effect, index)) {
        return true;
      }
    }
    return false;
  }

  Finding MakeFinding(uint32_t index) const {
    const vm::Meaning& meaning = *MeaningAt(index);
    Finding finding;
    finding.event = &EventAt(index);
    finding.type = finding.event->type;
    finding.verdict = VerdictAt(index);
    finding.certainty =
        meaning.role == vm::Role::Cascade || !finding.verdict.cause.valid()
            ? Certainty::Possible
            : Certainty::Likely;
    finding.flags = finding.event->flags;
    std::vector<const Event*> steps;
    for (const uint32_t step : At(index).steps) {
      steps.push_back(step == kNoOccurrence ? nullptr : &EventAt(step));
    }
    for (const uint32_t member : At(index).members) {
      if (finding.evidence.size() < kMaxEvidence) {
        finding.evidence.push_back(&EventAt(member));
      }
    }
    if (!finding.verdict.stage.valid()) {
      finding.verdict.stage = At(index).stage;
    }
    if (program_.is_signature(finding.type)) {
      steps = {finding.event};
    }
    finding.note = Filled(meaning.note, finding.type, steps);
    finding.see = Filled(meaning.see, finding.type, steps);
    for (const uint32_t other : members_) {
      if (other != index && IsCopyOf(other, index)) {
        ++finding.count;
      } else if (LeadsToCopyOf(other, index)) {
        Count(&finding.explains, other);
      }
    }
    return finding;
  }

  void AddAlternatives(uint32_t root, RunVerdict* verdict) const {
    std::vector<uint32_t> told = {root};
    for (const uint32_t index : members_) {
      if (verdict->alternatives.size() >= kMaxAlternatives) {
        return;
      }
      const auto is_copy = [&](uint32_t other) {
        return AreCopies(index, other);
      };
      if (IsOpen(index) &&
          (MeaningAt(index)->role == vm::Role::Root ||
           MeaningAt(index)->role == MeaningAt(root)->role) &&
          std::none_of(told.begin(), told.end(), is_copy)) {
        told.push_back(index);
        verdict->alternatives.push_back(MakeFinding(index));
      }
    }
  }

  void Weigh(RunVerdict* verdict) const {
    Finding& finding = *verdict->root;
    for (const uint32_t index : members_) {
      const vm::Meaning* meaning = MeaningAt(index);
      if (meaning != nullptr && meaning->role == vm::Role::Confirm &&
          fates_[index].beaten_by == kNobody) {
        Count(&finding.confirmed_by, index);
      }
    }
    const bool rival =
        std::any_of(verdict->alternatives.begin(), verdict->alternatives.end(),
                    [&](const Finding& other) {
                      return other.verdict.cause != finding.verdict.cause;
                    });
    if (finding.certainty == Certainty::Likely &&
        (!finding.confirmed_by.empty() ||
         (!rival &&
          (!finding.explains.empty() || program_.is_rule(finding.type))))) {
      finding.certainty = Certainty::Certain;
    }
  }

  void AddRest(uint32_t root, RunVerdict* verdict) const {
    for (const uint32_t index : members_) {
      const vm::Meaning* meaning = MeaningAt(index);
      if (meaning == nullptr || index == root ||
          (root != kNobody && LeadsToCopyOf(index, root))) {
        continue;
      }
      if (fates_[index].survived) {
        Count(&verdict->survived, index);
      } else if (Competes(index) && !IsOpen(index)) {
        Count(&verdict->also, index);
      }
    }
  }

  // ---------------------------------------------------------------- outcome

  bool Says(uint32_t index, std::string_view outcome) const {
    const vm::NodeId node = VerdictAt(index).outcome;
    if (!node.valid() || fates_[index].beaten_by != kNobody) {
      return false;
    }
    const std::string& path = program_.nodes[node.index()].path;
    return path == outcome || path.starts_with(std::string(outcome) + ".");
  }

  Outcome OutcomeOf(uint32_t root) const {
    bool finished_before = false;
    bool finished_after = false;
    bool interrupted = false;
    for (const uint32_t index : members_) {
      if (Says(index, "Finished")) {
        (root != kNobody && index > root ? finished_after : finished_before) =
            true;
      }
      interrupted = interrupted || Says(index, "Interrupted");
    }
    if (root == kNobody) {
      return interrupted        ? Outcome::Interrupted
             : finished_before  ? Outcome::Finished
             : members_.empty() ? Outcome::Unknown
                                : Outcome::CutOff;
    }
    if (Says(root, "Interrupted")) {
      return Outcome::Interrupted;
    }
    return finished_after    ? Outcome::FinishedAfterFailure
           : finished_before ? Outcome::FailedAfterSuccess
                             : Outcome::Failed;
  }

  const scan::Engine& engine_;
  const vm::Program& program_;
  const Timeline& timeline_;
  std::vector<uint32_t> members_;  // occurrences of this attempt, in order
  std::vector<Fate>& fates_;       // of all attempts; each judges its members'
  std::map<uint32_t, vm::Verdict> verdicts_;  // per member
  std::map<vm::EventId, std::vector<uint32_t>> places_;
};

}  // namespace

std::string_view OutcomeName(Outcome outcome) {
  switch (outcome) {
    case Outcome::Finished:
      return "finished";
    case Outcome::FinishedAfterFailure:
      return "finished_after_failure";
    case Outcome::Failed:
      return "failed";
    case Outcome::FailedAfterSuccess:
      return "failed_after_success";
    case Outcome::Interrupted:
      return "interrupted";
    case Outcome::CutOff:
      return "cut_off";
    case Outcome::Unknown:
      return "unknown";
  }
  return "unknown";
}

std::string_view CertaintyName(Certainty certainty) {
  switch (certainty) {
    case Certainty::Certain:
      return "certain";
    case Certainty::Likely:
      return "likely";
    case Certainty::Possible:
      return "possible";
  }
  return "possible";
}

Verdict Judge(const scan::Engine& engine, const Timeline& timeline) {
  std::vector<std::vector<uint32_t>> runs(timeline.runs);
  for (uint32_t k = 0; k < timeline.occurrences.size(); ++k) {
    const uint32_t run = timeline.occurrences[k].run;
    if (run >= runs.size()) {
      runs.resize(run + 1);
    }
    runs[run].push_back(k);
  }
  Verdict verdict;
  verdict.headline = runs.size() - 1;
  verdict.fates.resize(timeline.occurrences.size());
  for (uint32_t run = 0; run < runs.size(); ++run) {
    verdict.runs.push_back(
        RunJudge(engine, timeline, std::move(runs[run]), &verdict.fates)
            .Run(run));
    if (verdict.runs.back().root.has_value()) {
      verdict.headline = run;
    }
  }
  if (!verdict.runs[verdict.headline].root.has_value()) {
    verdict.headline = verdict.runs.size() - 1;
  }
  return verdict;
}

}  // namespace telltale::verdict
