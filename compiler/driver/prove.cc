// Each claim is proven on the patterns, and each witness is then scanned like a
// log: what is shown to the author did happen.
#include "compiler/driver/prove.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "compiler/driver/rivalry.h"
#include "compiler/driver/tiers.h"
#include "compiler/plan/overlap.h"
#include "runtime/verdict/rivals.h"
#include "runtime/verdict/timeline.h"
#include "runtime/verdict/verdict.h"

namespace telltale::driver {

namespace {

using Signatures = std::vector<uint32_t>;  // sorted

class Prover {
 public:
  explicit Prover(Compilation* compilation)
      : compilation_(*compilation),
        module_(compilation->module),
        program_(compilation->program),
        interpreter_(MakeInterpreted(program_)),
        engine_(program_, interpreter_->matcher(), scan::DetectIsa()),
        scratch_(program_) {
    for (size_t k = 0; k < program_.rules.size(); ++k) {
      const auto& over = program_.rules[k].meaning.over;
      under_rules_.insert(over.begin(), over.end());
    }
    for (const vm::Signature& signature : program_.signatures) {
      under_any_.insert(signature.meaning.over.begin(),
                        signature.meaning.over.end());
    }
  }

  void Run() {
    for (uint32_t loser = 0; loser < program_.signatures.size(); ++loser) {
      if (CanBeVerdict(loser)) {
        FindWinner(loser, OnAllHits(loser));
      }
    }
    for (uint32_t outer = 0; outer < program_.signatures.size(); ++outer) {
      if (CanBeVerdict(outer)) {
        FindEquals(outer);
      }
    }
  }

 private:
  [[nodiscard]] const vm::Meaning& MeaningOf(uint32_t signature) const {
    return program_.signatures[signature].meaning;
  }

  // A reason of its own, told from a text of the log at large. What stands in a
  // block depends on more records than one.
  [[nodiscard]] bool CanBeVerdict(uint32_t signature) const {
    return (MeaningOf(signature).verdict.is_candidate() ||
            !MeaningOf(signature).lookups.empty()) &&
           program_.signatures[signature].in_blocks.empty();
  }

  // ------------------------------------------------------------------- E401

  // The other signatures that match wherever the hits show this one.
  Signatures OnAllHits(uint32_t signature) {
    const hir::Signature& written = module_.signatures[signature];
    std::optional<Signatures> all;
    for (const hir::Example& example : written.examples) {
      if (!example.hit) {
        continue;
      }
      const Signatures found =
          FoundWith(signature, example.text, SourceOf(written));
      if (!all.has_value()) {
        all = found;
      } else {
        Signatures both;
        std::set_intersection(all->begin(), all->end(), found.begin(),
                              found.end(), std::back_inserter(both));
        all = std::move(both);
      }
    }
    return all.value_or(Signatures());
  }

  // The signatures that match the record that `signature` matches.
  Signatures FoundWith(uint32_t signature, std::string_view text,
                       vm::SourceId source) {
    const scan::FileScan scan = ScanExample(engine_, &scratch_, text, source);
    Signatures found;
    for (const scan::Event& own : scan.events) {
      if (own.type != vm::EventId(signature)) {
        continue;
      }
      for (const scan::Event& event : scan.events) {
        if (event.offset == own.offset && program_.is_signature(event.type) &&
            event.type != own.type) {
          found.push_back(static_cast<uint32_t>(event.type.index()));
        }
      }
      break;
    }
    std::sort(found.begin(), found.end());
    return found;
  }

  // Wherever records are matched for `inner`, they are for `outer`, too.
  [[nodiscard]] bool SeesAll(uint32_t outer, uint32_t inner) const {
    const auto& wide = program_.signatures[outer];
    const auto& narrow = program_.signatures[inner];
    if (!wide.in_blocks.empty()) {
      return false;
    }
    return wide.in_sources.empty() ||
           (!narrow.in_sources.empty() &&
            std::all_of(narrow.in_sources.begin(), narrow.in_sources.end(),
                        [&](vm::SourceId source) {
                          return std::find(wide.in_sources.begin(),
                                           wide.in_sources.end(),
                                           source) != wide.in_sources.end();
                        }));
  }

  // `winner` beats `loser` on each record that both match, whatever else does.
  [[nodiscard]] bool BeatsAlways(uint32_t winner, uint32_t loser) const {
    const vm::EventId id(winner);
    if (!verdict::Competes(program_, id, MeaningOf(winner).verdict) ||
        under_rules_.contains(id)) {
      return false;
    }
    switch (verdict::AdvantageOver(program_, id, vm::EventId(loser))) {
      case verdict::Advantage::None:
      case verdict::Advantage::Name:  // E402
        return false;
      case verdict::Advantage::Over:
        return true;
      case verdict::Advantage::Role:
      case verdict::Advantage::Evidence:
        return !under_any_.contains(id);
    }
    return false;
  }

  [[nodiscard]] bool SayTheSame(uint32_t a, uint32_t b) const {
    return MeaningOf(a).verdict == MeaningOf(b).verdict &&
           MeaningOf(a).lookups.empty() && MeaningOf(b).lookups.empty();
  }

  void FindWinner(uint32_t loser, const Signatures& rivals) {
    for (const uint32_t winner : rivals) {
      if (!SeesAll(winner, loser) || !BeatsAlways(winner, loser) ||
          SayTheSame(winner, loser) ||
          program_.signatures[winner].where.valid() ||
          !plan::Implies(module_.signatures[loser].pattern,
                         module_.signatures[winner].pattern)) {
        continue;
      }
      const vm::EventId winner_id(winner);
      const vm::EventId loser_id(loser);
      const std::string& name = MeaningOf(loser).name;
      const std::string& other = MeaningOf(winner).name;
      auto report =
          compilation_.diags.Emit(module_.signatures[loser].meaning.span,
                                  diag::NeverTheVerdict, name, other);
      report.Label(module_.signatures[loser].pattern.span,
                   fmt::format("where this is found, `{}` is, too", other));
      report.Label(module_.signatures[winner].pattern.span,
                   fmt::format("the pattern of `{}`", other));
      report.Note("witness: " + Witness(loser, winner));
      report.Note(WhyItWins(program_, winner_id, loser_id));
      if (verdict::AdvantageOver(program_, winner_id, loser_id) ==
          verdict::Advantage::Over) {
        report.Help(fmt::format("take `over {}` out of `{}`", name, other));
      } else {
        report.Help(fmt::format(
            "say `over {}` in `{}` if that one is right; else take it out",
            other, name));
      }
      proven_.insert({loser, winner});
      return;
    }
  }

  // A short record on which both match; the first hit will always do.
  std::string Witness(uint32_t signature, uint32_t other) {
    const hir::Signature& written = module_.signatures[signature];
    const std::string shortest = plan::ShortestMessage(written.pattern);
    const Signatures found = FoundWith(signature, shortest, SourceOf(written));
    if (std::binary_search(found.begin(), found.end(), other)) {
      return shortest;
    }
    const auto hit =
        std::find_if(written.examples.begin(), written.examples.end(),
                     [](const hir::Example& example) { return example.hit; });
    return hit == written.examples.end() ? shortest : hit->text;
  }

  // ------------------------------------------------------------------- E402

  // Signatures whose phrases stand in the text of this one.
  Signatures Within(uint32_t outer) {
    hits_.clear();
    engine_.prefilter().Find(plan::FixedText(module_.signatures[outer].pattern),
                             engine_.isa(), &hits_);
    Signatures found;
    for (const scan::Prefilter::Hit& hit : hits_) {
      for (const uint32_t consumer : engine_.waiting(hit.phrase)) {
        const scan::Consumer& who = engine_.consumers()[consumer];
        if (who.kind == scan::Consumer::Kind::Signature && who.index != outer) {
          found.push_back(who.index);
        }
      }
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
  }

  void FindEquals(uint32_t outer) {
    for (const uint32_t inner : Within(outer)) {
      const auto pair = std::minmax(outer, inner);
      if (!CanBeVerdict(inner) || proven_.contains(pair) ||
          proven_.contains({pair.second, pair.first}) ||
          !OnlyNamesDecide(outer, inner)) {
        continue;
      }
      proven_.insert(pair);
      for (const std::string& message :
           plan::CommonMessages(module_.signatures[outer].pattern,
                                module_.signatures[inner].pattern)) {
        if (IsTie(pair.first, pair.second, message)) {
          ReportTie(pair.first, pair.second, message);
          break;
        }
      }
    }
  }

  [[nodiscard]] bool OnlyNamesDecide(uint32_t a, uint32_t b) const {
    const auto by_name = [&](uint32_t first, uint32_t second) {
      return verdict::AdvantageOver(program_, vm::EventId(first),
                                    vm::EventId(second)) ==
             verdict::Advantage::Name;
    };
    return (by_name(a, b) || by_name(b, a)) && !SayTheSame(a, b);
  }

  // Does this record make both, with different verdicts?
  bool IsTie(uint32_t a, uint32_t b, std::string_view message) {
    for (const uint32_t reader : {a, b}) {
      const scan::FileScan scan = ScanExample(
          engine_, &scratch_, message, SourceOf(module_.signatures[reader]));
      const scan::Event* first = nullptr;
      const scan::Event* second = nullptr;
      for (const scan::Event& event : scan.events) {
        first = event.type == vm::EventId(a) ? &event : first;
        second = event.type == vm::EventId(b) ? &event : second;
      }
      if (first != nullptr && second != nullptr &&
          first->offset == second->offset) {
        const vm::Verdict one = VerdictOf(*first);
        const vm::Verdict other = VerdictOf(*second);
        if (one.is_candidate() && other.is_candidate() && !(one == other)) {
          return true;
        }
      }
    }
    return false;
  }

  [[nodiscard]] vm::Verdict VerdictOf(const scan::Event& event) const {
    verdict::Occurrence occurrence;
    occurrence.event = &event;
    return verdict::VerdictOf(engine_, {}, occurrence);
  }

  void ReportTie(uint32_t first, uint32_t second, const std::string& message) {
    const hir::Signature& a = module_.signatures[first];
    const hir::Signature& b = module_.signatures[second];
    compilation_.diags
        .Emit(b.pattern.span, diag::TwoVerdicts, a.meaning.name, b.meaning.name)
        .Label(a.pattern.span, fmt::format("the text of `{}`", a.meaning.name))
        .Note("witness: " + message)
        .Note(fmt::format("both rest on {} bytes of fixed text",
                          MeaningOf(first).evidence / 2))
        .Help(fmt::format("say which one wins: `over {}` in `{}`, or `over "
                          "{}` in `{}`",
                          a.meaning.name, b.meaning.name, b.meaning.name,
                          a.meaning.name));
  }

  Compilation& compilation_;
  const hir::Module& module_;
  const vm::Program& program_;
  const std::unique_ptr<TierMatcher> interpreter_;
  const scan::Engine engine_;
  scan::Scratch scratch_;
  std::vector<scan::Prefilter::Hit> hits_;
  std::set<vm::EventId> under_rules_;  // those that some rule is `over`
  std::set<vm::EventId> under_any_;    // ... that some signature is
  std::set<std::pair<uint32_t, uint32_t>> proven_;
};

}  // namespace

void ProveVerdicts(Compilation* compilation) {
  Prover(compilation).Run();
}

}  // namespace telltale::driver
