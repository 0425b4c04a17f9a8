// Breadth-first searches over products of automata that are never built whole.
// Meet pairs two nondeterministic automata: a path is a common text. Contains
// pairs one with the subsets of the other: a pair where the first may end and
// no member of the subset may is a counterexample. Looks need what stands
// before a place, which is part of the pair, and what follows, which is the
// byte tried.
#include "compiler/automata/relate.h"

#include <algorithm>
#include <deque>
#include <tuple>

#include "compiler/automata/byte_classes.h"
#include "runtime/base/bytes.h"

namespace telltale::automata {

namespace {

using vm::Inst;

Before BeforeOf(unsigned char byte) {
  return IsWordByte(static_cast<char>(byte)) ? Before::Word : Before::Other;
}

After AfterOf(unsigned char byte) {
  const char c = static_cast<char>(byte);
  return IsDigitByte(c)  ? After::Digit
         : IsWordByte(c) ? After::Word
                         : After::Other;
}

// Of each class of bytes that neither language tells apart the one that reads
// best: witnesses are shown to people.
std::vector<unsigned char> Alphabet(const Language& a, const Language& b) {
  std::map<std::pair<uint16_t, uint16_t>, unsigned char> seen;
  std::vector<unsigned char> alphabet;
  const auto add = [&](unsigned char byte) {
    if (seen.try_emplace({a.class_of(byte), b.class_of(byte)}, byte).second) {
      alphabet.push_back(byte);
    }
  };
  add('x');
  add('1');
  add(' ');
  for (unsigned byte = 0x21; byte < 0x7f; ++byte) {
    add(static_cast<unsigned char>(byte));
  }
  for (unsigned byte = 0; byte < 0x100; ++byte) {
    add(static_cast<unsigned char>(byte));
  }
  return alphabet;
}

// How a node of a search was reached: enough to spell the text.
class Trail {
 public:
  size_t Add(size_t from, unsigned char byte) {
    steps_.push_back({from, byte});
    return steps_.size() - 1;
  }
  [[nodiscard]] size_t size() const { return steps_.size(); }
  [[nodiscard]] std::string Text(size_t node) const {
    std::string text;
    for (; node != 0; node = steps_[node].from) {
      text += static_cast<char>(steps_[node].byte);
    }
    return {text.rbegin(), text.rend()};
  }

 private:
  struct Step {
    size_t from = 0;
    unsigned char byte = 0;
  };
  std::vector<Step> steps_ = {{}};  // node 0: the empty text
};

using Subset = std::vector<Language::Place>;  // sorted

Subset StepAll(Language* language, const Subset& places, Before before,
               unsigned char byte) {
  Subset next;
  for (const Language::Place place : places) {
    language->Step(place, before, byte, &next);
  }
  std::sort(next.begin(), next.end());
  next.erase(std::unique(next.begin(), next.end()), next.end());
  return next;
}

// The subsets that one automaton goes through, by number.
class Subsets {
 public:
  explicit Subsets(Language* language) : language_(language) {
    Number({language->start()});
  }

  uint32_t Next(uint32_t subset, Before before, unsigned char byte) {
    const auto key =
        std::tuple(subset, before, language_->class_of(byte), AfterOf(byte));
    const auto found = moves_.find(key);
    if (found != moves_.end()) {
      return found->second;
    }
    const uint32_t next =
        Number(StepAll(language_, *subsets_[subset], before, byte));
    moves_.emplace(key, next);
    return next;
  }

  bool EndsAt(uint32_t subset, Before before) {
    return std::any_of(subsets_[subset]->begin(), subsets_[subset]->end(),
                       [&](Language::Place place) {
                         return language_->EndsAt(place, before);
                       });
  }

  // Every text from here on is one of the language.
  [[nodiscard]] bool Found(uint32_t subset) const {
    return !subsets_[subset]->empty() &&
           subsets_[subset]->back() == Language::kFound;
  }

 private:
  uint32_t Number(Subset subset) {
    const auto [at, added] = numbers_.try_emplace(
        std::move(subset), static_cast<uint32_t>(subsets_.size()));
    if (added) {
      subsets_.push_back(&at->first);
    }
    return at->second;
  }

  Language* language_;
  std::map<Subset, uint32_t> numbers_;
  std::vector<const Subset*> subsets_;
  std::map<std::tuple<uint32_t, Before, uint16_t, After>, uint32_t> moves_;
};

}  // namespace

Language::Language(const vm::Term& term, Mode mode) : term_(term), mode_(mode) {
  looks_ =
      std::any_of(term.code.begin(), term.code.end(),
                  [](const Inst& inst) { return inst.op == Inst::Op::Assert; });
  ByteClasses classes;
  for (const vm::ByteSet& set : term.sets) {
    classes.Refine(set);
  }
  if (looks_) {
    classes.RefineWords();
    classes.RefineDigits();
  }
  class_of_ = classes.of();
}

bool Language::Holds(vm::Look look, Before before, After after) const {
  const bool boundary = (before == Before::Word) !=
                        (after == After::Word || after == After::Digit);
  switch (look) {
    case vm::Look::Begin:
      return before == Before::Begin;
    case vm::Look::End:
      return after == After::End;
    case vm::Look::WordBoundary:
      return boundary;
    case vm::Look::NotWordBoundary:
      return !boundary;
    case vm::Look::NoDigitAhead:
      return after != After::Digit;
  }
  return false;
}

const Language::Closure& Language::ClosureOf(uint32_t inst, Before before,
                                             After after) {
  const uint32_t context =
      looks_ ? static_cast<uint32_t>(before) * 4 + static_cast<uint32_t>(after)
             : 0;
  const auto [at, added] = closures_.try_emplace({inst, context});
  Closure& closure = at->second;
  if (!added) {
    return closure;
  }
  std::vector<uint32_t> open = {inst};
  std::vector<bool> seen(term_.code.size());
  while (!open.empty()) {
    const uint32_t index = open.back();
    open.pop_back();
    if (seen[index]) {
      continue;
    }
    seen[index] = true;
    const Inst& at_hand = term_.code[index];
    switch (at_hand.op) {
      case Inst::Op::Byte:
        closure.bytes.push_back(index);
        break;
      case Inst::Op::Split:
        open.push_back(at_hand.other);
        open.push_back(at_hand.next);
        break;
      case Inst::Op::Tag:
        open.push_back(at_hand.next);
        break;
      case Inst::Op::Assert:
        if (Holds(static_cast<vm::Look>(at_hand.arg), before, after)) {
          open.push_back(at_hand.next);
        }
        break;
      case Inst::Op::Match:
        closure.matches = true;
        break;
    }
  }
  return closure;
}

void Language::Step(Place place, Before before, unsigned char byte,
                    std::vector<Place>* next) {
  if (place == kFound) {
    next->push_back(kFound);
    return;
  }
  if (place == kSearching) {
    next->push_back(kSearching);
  }
  const Closure& closure =
      ClosureOf(place == kSearching ? 0 : place, before, AfterOf(byte));
  if (mode_ == Mode::Search && closure.matches) {
    next->push_back(kFound);
  }
  for (const uint32_t index : closure.bytes) {
    const Inst& inst = term_.code[index];
    if (term_.sets[inst.arg][byte]) {
      next->push_back(inst.next);
    }
  }
}

bool Language::EndsAt(Place place, Before before) {
  return place == kFound ||
         ClosureOf(place == kSearching ? 0 : place, before, After::End).matches;
}

Relation Contains(Language* b, Language* a, size_t max_pairs) {
  struct Pair {
    Language::Place place;
    uint32_t subset;
    Before before;
    auto operator<=>(const Pair&) const = default;
  };
  const std::vector<unsigned char> alphabet = Alphabet(*a, *b);
  Subsets subsets(b);
  Trail trail;
  std::map<Pair, size_t> seen;
  std::deque<std::pair<Pair, size_t>> open;
  const Pair first{a->start(), 0, Before::Begin};
  seen.emplace(first, 0);
  open.emplace_back(first, 0);
  std::vector<Language::Place> next;
  while (!open.empty()) {
    const auto [pair, node] = open.front();
    open.pop_front();
    if (a->EndsAt(pair.place, pair.before) &&
        !subsets.EndsAt(pair.subset, pair.before)) {
      return {Answer::No, trail.Text(node)};
    }
    for (const unsigned char byte : alphabet) {
      next.clear();
      a->Step(pair.place, pair.before, byte, &next);
      if (next.empty()) {
        continue;
      }
      const uint32_t subset = subsets.Next(pair.subset, pair.before, byte);
      if (subsets.Found(subset)) {
        continue;
      }
      for (const Language::Place place : next) {
        const Pair reached{place, subset, BeforeOf(byte)};
        if (seen.emplace(reached, trail.size()).second) {
          open.emplace_back(reached, trail.Add(node, byte));
        }
      }
    }
    if (seen.size() > max_pairs) {
      return {};
    }
  }
  return {Answer::Yes, ""};
}

Relation Meet(Language* a, Language* b, size_t max_pairs) {
  struct Pair {
    Language::Place a;
    Language::Place b;
    Before before;
    auto operator<=>(const Pair&) const = default;
  };
  const std::vector<unsigned char> alphabet = Alphabet(*a, *b);
  Trail trail;
  std::map<Pair, size_t> seen;
  std::deque<std::pair<Pair, size_t>> open;
  const Pair first{a->start(), b->start(), Before::Begin};
  seen.emplace(first, 0);
  open.emplace_back(first, 0);
  std::vector<Language::Place> next_a;
  std::vector<Language::Place> next_b;
  while (!open.empty()) {
    const auto [pair, node] = open.front();
    open.pop_front();
    if (a->EndsAt(pair.a, pair.before) && b->EndsAt(pair.b, pair.before)) {
      return {Answer::Yes, trail.Text(node)};
    }
    for (const unsigned char byte : alphabet) {
      next_a.clear();
      a->Step(pair.a, pair.before, byte, &next_a);
      next_b.clear();
      if (!next_a.empty()) {
        b->Step(pair.b, pair.before, byte, &next_b);
      }
      for (const Language::Place place_b : next_b) {
        for (const Language::Place place_a : next_a) {
          const Pair reached{place_a, place_b, BeforeOf(byte)};
          if (seen.emplace(reached, trail.size()).second) {
            open.emplace_back(reached, trail.Add(node, byte));
          }
        }
      }
    }
    if (seen.size() > max_pairs) {
      return {};
    }
  }
  return {Answer::No, ""};
}

std::optional<std::string> ShortestText(Language* language) {
  // With itself: the same text, read twice.
  const vm::Term anything = [] {
    vm::Term term;
    term.code = {{vm::Inst::Op::Match, 0, 0, 0}};
    return term;
  }();
  Language all(anything, Language::Mode::Search);
  Relation found = Meet(language, &all);
  if (found.answer != Answer::Yes) {
    return std::nullopt;
  }
  return std::move(found.witness);
}

}  // namespace telltale::automata
