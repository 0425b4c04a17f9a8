#include "runtime/scan/evaluate.h"

#include <tuple>

namespace telltale::scan {

namespace {

struct Outcome {
  bool holds = false;
  std::optional<Place> place;  // none: only negative terms
};

class Evaluation {
 public:
  Evaluation(const Engine& engine, const vm::Pattern& pattern,
             std::span<const Subject> subjects, Scratch* scratch,
             std::vector<TermMatch>* terms)
      : engine_(engine),
        pattern_(pattern),
        subjects_(subjects),
        scratch_(scratch),
        terms_(*terms) {}

  Outcome Node(uint32_t index) {
    const vm::PatternNode& node = pattern_.nodes[index];
    switch (node.kind) {
      case vm::PatternNode::Kind::Term:
        return Term(node.term_index);
      case vm::PatternNode::Kind::Not: {
        const bool holds = Node(node.children[0]).holds;
        Forget(node.children[0]);
        return {!holds, std::nullopt};
      }
      case vm::PatternNode::Kind::And: {
        Outcome all{true, std::nullopt};
        for (const uint32_t child : node.children) {
          const Outcome one = Node(child);
          if (!one.holds) {
            return {};
          }
          if (!all.place.has_value()) {
            all.place = one.place;
          }
        }
        return all;
      }
      case vm::PatternNode::Kind::Or:
        return Or(node);
    }
    return {};
  }

 private:
  Outcome Term(uint32_t index) {
    TermMatch& result = terms_[index];
    for (size_t k = 0; k < subjects_.size(); ++k) {
      if (engine_.Find(pattern_.terms[index], subjects_[k].text,
                       subjects_[k].flags, scratch_, &result.match)) {
        result.matched = true;
        result.subject = k;
        return {true, Place{k, result.match.begin()}};
      }
    }
    result.matched = false;
    return {};
  }

  Outcome Or(const vm::PatternNode& node) {
    Outcome best;
    uint32_t winner = 0;
    for (const uint32_t child : node.children) {
      const Outcome one = Node(child);
      if (!one.holds) {
        Forget(child);
        continue;
      }
      const bool better =
          !best.holds || (one.place.has_value() && (!best.place.has_value() ||
                                                    *one.place < *best.place));
      if (better) {
        if (best.holds) {
          Forget(winner);
        }
        best = one;
        winner = child;
      } else {
        Forget(child);
      }
    }
    return best;
  }

  void Forget(uint32_t index) {
    const vm::PatternNode& node = pattern_.nodes[index];
    if (node.kind == vm::PatternNode::Kind::Term) {
      terms_[node.term_index].matched = false;
    }
    for (const uint32_t child : node.children) {
      Forget(child);
    }
  }

  const Engine& engine_;
  const vm::Pattern& pattern_;
  std::span<const Subject> subjects_;
  Scratch* scratch_;
  std::vector<TermMatch>& terms_;
};

}  // namespace

std::optional<Place> Evaluate(const Engine& engine, const vm::Pattern& pattern,
                              std::span<const Subject> subjects,
                              Scratch* scratch, std::vector<TermMatch>* terms) {
  terms->resize(pattern.terms.size());
  for (TermMatch& term : *terms) {
    term.matched = false;
  }
  const Outcome outcome =
      Evaluation(engine, pattern, subjects, scratch, terms).Node(0);
  if (!outcome.holds || subjects.empty()) {
    return std::nullopt;
  }
  return outcome.place.value_or(Place{});
}

bool Matches(const Engine& engine, const vm::Pattern& pattern,
             std::string_view text, Scratch* scratch) {
  const Subject subject{text};
  if (pattern.nodes[0].kind == vm::PatternNode::Kind::Term) {
    Match match;
    return engine.Find(pattern.terms[0], text, subject.flags, scratch, &match);
  }
  std::vector<TermMatch> terms;
  return Evaluate(engine, pattern, {&subject, 1}, scratch, &terms).has_value();
}

vm::Value MatchValue(const Engine& engine, vm::TermId term,
                     const vm::Value& value, Scratch* scratch) {
  vm::Value out;
  out.type = vm::Type::Bool;
  out.present = value.present;
  Match match;
  out.i = value.present && engine.Find(term, value.text, Subject{}.flags,
                                       scratch, &match)
              ? 1
              : 0;
  return out;
}

vm::Value CaptureValue(const vm::Slot& slot, std::span<const Subject> subjects,
                       std::span<const TermMatch> terms) {
  for (const vm::SlotSource& source : slot.sources) {
    const TermMatch& term = terms[source.term_index];
    if (!term.matched) {
      continue;
    }
    const uint32_t begin = term.match.registers[source.begin_register];
    const uint32_t end = term.match.registers[source.begin_register + 1];
    if (begin != TT_NONE && end != TT_NONE) {
      return vm::ParseValue(
          slot.type, subjects[term.subject].text.substr(begin, end - begin));
    }
  }
  vm::Value absent;
  absent.type = slot.type;
  return absent;
}

}  // namespace telltale::scan
