#include "runtime/vm/verify.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "runtime/vm/limits.h"

namespace telltale::vm {

namespace {

template <typename Tag, typename T>
bool Names(const std::vector<T>& table, Id<Tag> id) {
  return id.index() < table.size();
}

template <typename Tag, typename T>
bool NamesOrNone(const std::vector<T>& table, Id<Tag> id) {
  return !id.valid() || Names(table, id);
}

class Verifier {
 public:
  explicit Verifier(const Program& program) : program_(program) {}

  Result<void> Run() {
    if (program_.terms.size() > kMaxTerms) {
      return Fail(
          fmt::format("{} terms (limit {})", program_.terms.size(), kMaxTerms));
    }
    for (size_t k = 0; k < program_.terms.size(); ++k) {
      if (auto result = VerifyTerm(program_.terms[k], k); !result) {
        return result;
      }
    }
    for (size_t k = 0; k < program_.predicates.size(); ++k) {
      if (auto result = VerifyPredicate(program_.predicates[k], k); !result) {
        return result;
      }
    }
    return Each("node", program_.nodes, &Verifier::TaxonomyNode) &&
                   Each("field", program_.fields, &Verifier::FieldFits) &&
                   Each("source", program_.sources, &Verifier::SourceFits) &&
                   Each("block", program_.blocks, &Verifier::BlockFits) &&
                   Each("signature", program_.signatures,
                        &Verifier::SignatureFits) &&
                   Each("rule", program_.rules, &Verifier::RuleFits) &&
                   Each("phase", program_.phases, &Verifier::PhaseFits)
               ? Result<void>()
               : Fail(std::move(failure_));
  }

 private:
  // Each check says "" or what is wrong.
  using Why = std::string_view;

  template <typename T>
  bool Each(std::string_view what, const std::vector<T>& table,
            Why (Verifier::*check)(size_t) const) {
    for (size_t k = 0; k < table.size(); ++k) {
      if (const Why why = (this->*check)(k); !why.empty()) {
        failure_ = fmt::format("{} {}: {}", what, k, why);
        return false;
      }
    }
    return true;
  }

  // ------------------------------------------------------------ parts

  [[nodiscard]] bool HasRegister(TermId term, uint32_t begin) const {
    return Names(program_.terms, term) &&
           begin < program_.terms[term.index()].registers - 1;
  }

  [[nodiscard]] bool FieldsFit(TermId term,
                               const std::vector<FieldSource>& fields) const {
    return std::all_of(fields.begin(), fields.end(),
                       [&](const FieldSource& source) {
                         return Names(program_.fields, source.field) &&
                                HasRegister(term, source.begin_register);
                       });
  }

  static bool GateFits(const Gate& gate) {
    return std::all_of(gate.any_of.begin(), gate.any_of.end(),
                       [](const Phrase& phrase) {
                         return phrase.gram.size >= 2 && phrase.gram.size <= 4;
                       });
  }

  [[nodiscard]] bool TermsFit(const std::vector<TermId>& terms) const {
    return std::all_of(terms.begin(), terms.end(), [&](TermId term) {
      return Names(program_.terms, term);
    });
  }

  // `terms`: what a slot's term_index counts.
  [[nodiscard]] bool SlotsFit(const std::vector<Slot>& slots,
                              const std::vector<TermId>& terms) const {
    return std::all_of(slots.begin(), slots.end(), [&](const Slot& slot) {
      const auto index = static_cast<size_t>(&slot - slots.data());
      if (slot.derived.has_value() &&
          (slot.derived->kind != Derived::Kind::Matches ||
           !DerivedFits(*slot.derived, index))) {
        return false;
      }
      return slot.type <= Type::Node &&
             NamesOrNone(program_.fields, slot.field) &&
             std::all_of(slot.sources.begin(), slot.sources.end(),
                         [&](const SlotSource& source) {
                           return source.term_index < terms.size() &&
                                  HasRegister(terms[source.term_index],
                                              source.begin_register);
                         });
    });
  }

  // Made of an earlier slot, `index` being its own.
  [[nodiscard]] bool DerivedFits(const Derived& derived, size_t index) const {
    return derived.kind <= Derived::Kind::Most && derived.base < index &&
           derived.count >= 1 && derived.count <= kMaxHistory &&
           (derived.kind != Derived::Kind::Matches ||
            Names(program_.terms, derived.term));
  }

  [[nodiscard]] bool AllDerivedFit(const Step& step) const {
    for (size_t k = 0; k < step.slot_derived.size(); ++k) {
      if (step.slot_derived[k].has_value() &&
          !DerivedFits(*step.slot_derived[k], k)) {
        return false;
      }
    }
    return true;
  }

  // Does a predicate read only slots that are there, as what they are?
  [[nodiscard]] bool WhereFits(PredicateId id,
                               const std::vector<Type>& slots) const {
    if (!id.valid()) {
      return true;
    }
    if (!Names(program_.predicates, id)) {
      return false;
    }
    const std::vector<PredicateInst>& code =
        program_.predicates[id.index()].code;
    return std::all_of(
        code.begin(), code.end(), [&](const PredicateInst& inst) {
          return inst.op != PredicateInst::Op::Slot ||
                 (inst.a < slots.size() && RepOf(slots[inst.a]) == inst.rep);
        });
  }

  [[nodiscard]] bool EventsFit(const std::vector<EventId>& events) const {
    return std::all_of(events.begin(), events.end(), [&](EventId event) {
      return event.index() < program_.event_count();
    });
  }

  // `steps`: the number of slots of each step.
  [[nodiscard]] bool MeaningFits(const Meaning& meaning,
                                 const std::vector<size_t>& steps) const {
    const auto relation = [&](const Explains& explains) {
      return EventsFit(explains.events);
    };
    const auto part = [&](const TextPart& text) {
      return text.step < 0 ||
             (static_cast<size_t>(text.step) < steps.size() &&
              text.slot < steps[static_cast<size_t>(text.step)]);
    };
    const Verdict& verdict = meaning.verdict;
    return NamesOrNone(program_.nodes, verdict.symptom) &&
           NamesOrNone(program_.nodes, verdict.cause) &&
           NamesOrNone(program_.nodes, verdict.stage) &&
           NamesOrNone(program_.nodes, verdict.outcome) &&
           EventsFit(meaning.over) &&
           std::all_of(meaning.explains.begin(), meaning.explains.end(),
                       relation) &&
           std::all_of(meaning.clears.begin(), meaning.clears.end(),
                       relation) &&
           std::all_of(meaning.note.begin(), meaning.note.end(), part) &&
           std::all_of(meaning.see.begin(), meaning.see.end(), part);
  }

  // ------------------------------------------------------------ items

  [[nodiscard]] Why TaxonomyNode(size_t index) const {
    // A parent comes first, so that no chain of parents comes round.
    const Node& node = program_.nodes[index];
    return node.parent.valid() && node.parent.index() >= index
               ? "its parent does not come before it"
               : "";
  }

  [[nodiscard]] Why FieldFits(size_t index) const {
    const Field& field = program_.fields[index];
    return field.type > Type::Node ? "it has no type" : "";
  }

  [[nodiscard]] bool HeaderFits(const HeaderPattern& header) const {
    const std::vector<uint32_t>& message = header.message_registers;
    return Names(program_.terms, header.term) &&
           FieldsFit(header.term, header.fields) &&
           std::all_of(message.begin(), message.end(), [&](uint32_t begin) {
             return HasRegister(header.term, begin);
           });
  }

  [[nodiscard]] Why SourceFits(size_t index) const {
    const Source& source = program_.sources[index];
    const auto header = [&](const HeaderPattern& h) { return HeaderFits(h); };
    const auto file = [&](const FileGlob& glob) {
      return Names(program_.terms, glob.term) &&
             FieldsFit(glob.term, glob.fields);
    };
    const auto run = [&](const RunPattern& pattern) {
      return PatternFits(pattern.pattern).empty() && GateFits(pattern.gate);
    };
    const auto key = [&](FieldId field) {
      return Names(program_.fields, field);
    };
    const bool fits =
        std::all_of(source.files.begin(), source.files.end(), file) &&
        std::all_of(source.prefixes.begin(), source.prefixes.end(), header) &&
        std::all_of(source.lines.begin(), source.lines.end(), header) &&
        std::all_of(source.json.begin(), source.json.end(),
                    [&](const JsonField& json) {
                      return NamesOrNone(program_.fields, json.field) &&
                             !json.path.empty();
                    }) &&
        std::all_of(source.runs.begin(), source.runs.end(), run) &&
        std::all_of(source.keys.begin(), source.keys.end(), key) &&
        NamesOrNone(program_.fields, source.clock) && AllFit(source.drops);
    return fits ? "" : "it points outside";
  }

  [[nodiscard]] Why BlockFits(size_t index) const {
    const Block& block = program_.blocks[index];
    if (!PatternFits(block.open).empty() || !AllFit(block.bodies) ||
        !AllFit(block.closes) || !AllFit(block.chains) ||
        !GateFits(block.gate)) {
      return "it points outside";
    }
    std::vector<TermId> terms = block.open.terms;
    for (const Pattern& close : block.closes) {
      terms.insert(terms.end(), close.terms.begin(), close.terms.end());
    }
    return SlotsFit(block.slots, terms) ? "" : "a slot points outside";
  }

  [[nodiscard]] Why SignatureFits(size_t index) const {
    const Signature& signature = program_.signatures[index];
    if (const Why why = PatternFits(signature.pattern); !why.empty()) {
      return why;
    }
    if (!GateFits(signature.gate)) {
      return "its gate is malformed";
    }
    if (!SlotsFit(signature.slots, signature.pattern.terms)) {
      return "a slot points outside";
    }
    std::vector<Type> types;
    for (const Slot& slot : signature.slots) {
      types.push_back(slot.type);
    }
    if (!WhereFits(signature.where, types)) {
      return "its condition reads what is not there";
    }
    for (const BlockId block : signature.in_blocks) {
      if (!Names(program_.blocks, block)) {
        return "it is in no block";
      }
    }
    for (const SourceId source : signature.in_sources) {
      if (!Names(program_.sources, source)) {
        return "it is in no source";
      }
    }
    return MeaningFits(signature.meaning, {types.size()})
               ? ""
               : "its meaning points outside";
  }

  // A tree: each node but the first is the child of one earlier node, so that
  // walking it ends and is linear.
  [[nodiscard]] Why PatternFits(const Pattern& pattern) const {
    if (pattern.nodes.empty()) {
      return "it has no pattern";
    }
    std::vector<size_t> depth(pattern.nodes.size(), 0);
    depth[0] = 1;
    for (size_t k = 0; k < pattern.nodes.size(); ++k) {
      const PatternNode& node = pattern.nodes[k];
      const bool is_term = node.kind == PatternNode::Kind::Term;
      if (node.kind > PatternNode::Kind::Or || depth[k] == 0 ||
          depth[k] > kMaxPatternDepth) {
        return "its pattern is no tree, or too deep";
      }
      if (is_term && node.term_index >= pattern.terms.size()) {
        return "its pattern points outside";
      }
      if (node.kind == PatternNode::Kind::Not
              ? node.children.size() != 1
              : is_term != node.children.empty()) {
        return "a part of its pattern lacks its terms";
      }
      for (const uint32_t child : node.children) {
        if (child <= k || child >= depth.size() || depth[child] != 0) {
          return "its pattern is no tree, or too deep";
        }
        depth[child] = depth[k] + 1;
      }
    }
    return TermsFit(pattern.terms) ? "" : "a term points outside";
  }

  [[nodiscard]] bool AllFit(const std::vector<Pattern>& patterns) const {
    return std::all_of(
        patterns.begin(), patterns.end(),
        [&](const Pattern& pattern) { return PatternFits(pattern).empty(); });
  }

  [[nodiscard]] Why RuleFits(size_t index) const {
    const Rule& rule = program_.rules[index];
    if (rule.steps.empty()) {
      return "it has no steps";
    }
    std::vector<size_t> slots;
    std::vector<Type> all_types;
    for (const Step& step : rule.steps) {
      slots.push_back(step.slot_names.size());
      all_types.insert(all_types.end(), step.slot_types.begin(),
                       step.slot_types.end());
      if (step.slot_names.size() != step.slot_types.size() ||
          step.slot_derived.size() != step.slot_names.size() ||
          !AllDerivedFit(step) || step.key.size() != rule.key_parts ||
          step.count == 0 || !EventsFit(step.events) ||
          !std::is_sorted(step.events.begin(), step.events.end())) {
        return "a step is malformed";
      }
      if (!WhereFits(step.where, step.slot_types)) {
        return "a condition reads what is not there";
      }
      for (const StepKey& key : step.key) {
        if (key.has && key.slot >= step.slot_names.size()) {
          return "a key points outside";
        }
      }
      if (step.from.kind != Spread::Kind::None &&
          (step.from.slot >= step.slot_names.size() ||
           (step.from.count == 0 && step.from.kind != Spread::Kind::All))) {
        return "`from` points outside";
      }
    }
    for (const Step& step : rule.steps) {
      if (!WhereFits(step.join, all_types)) {
        return "a comparison of steps reads what is not there";
      }
    }
    if (!StagesFit(rule)) {
      return "its stages are malformed";
    }
    if (!NamesOrNone(program_.nodes, rule.during)) {
      return "its stage of the job points outside";
    }
    return MeaningFits(rule.meaning, slots) ? "" : "its meaning points outside";
  }

  // Each step stands in one place of the right kind.
  static bool StagesFit(const Rule& rule) {
    std::vector<int> used(rule.steps.size(), 0);
    bool fits = true;
    const auto take = [&](uint32_t step, bool absent, bool last) {
      fits = fits && step < rule.steps.size() && used[step]++ == 0 &&
             rule.steps[step].absent == absent && rule.steps[step].last == last;
    };
    for (size_t k = 0; k < rule.stages.size(); ++k) {
      const RuleStage& stage = rule.stages[k];
      fits = fits && !stage.members.empty() &&
             stage.members.size() <= kMaxStageMembers &&
             (k > 0 || stage.guards.empty());
      for (const uint32_t step : stage.members) {
        take(step, false, false);
      }
      for (const std::vector<uint32_t>* facts :
           {&stage.facts, &stage.late_facts}) {
        for (const uint32_t step : *facts) {
          take(step, false, true);
        }
      }
      for (const std::vector<uint32_t>* absent :
           {&stage.guards, &stage.look_back}) {
        for (const uint32_t step : *absent) {
          take(step, true, false);
        }
      }
      for (const uint32_t step : stage.members) {
        // A window of its own, and values of the whole attempt: at the start.
        const bool whole =
            fits && (rule.steps[step].from.kind == Spread::Kind::All ||
                     rule.steps[step].from.kind == Spread::Kind::Only);
        fits = fits && (!whole || (k == 0 && stage.members.size() == 1)) &&
               (stage.members.size() == 1 ||
                (rule.steps[step].count == 1 &&
                 rule.steps[step].from.kind == Spread::Kind::None));
      }
    }
    if (rule.trailing.has_value()) {
      take(*rule.trailing, true, false);
    }
    return fits && (!rule.stages.empty() || rule.trailing.has_value()) &&
           (!rule.at.has_value() || *rule.at < rule.steps.size()) &&
           std::all_of(used.begin(), used.end(),
                       [](int times) { return times == 1; });
  }

  [[nodiscard]] Why PhaseFits(size_t index) const {
    const Phase& phase = program_.phases[index];
    return Names(program_.nodes, phase.node) && EventsFit(phase.from) &&
                   EventsFit(phase.to) &&
                   std::is_sorted(phase.from.begin(), phase.from.end()) &&
                   std::is_sorted(phase.to.begin(), phase.to.end())
               ? ""
               : "it points outside";
  }

  const Program& program_;
  std::string failure_;
};

}  // namespace

Result<void> Verify(const Program& program) {
  return Verifier(program).Run();
}

}  // namespace telltale::vm
