#include "compiler/plan/overlap.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "compiler/automata/thompson.h"
#include "runtime/abi/matcher.h"
#include "runtime/vm/interpret.h"

namespace telltale::plan {

namespace {

using automata::Answer;
using automata::Language;
using hir::Pattern;
using pattern::Node;
using Mode = Language::Mode;

// Products of patterns joined by `&` and `|` may be many; beyond this nothing
// is proven.
constexpr size_t kMaxConjuncts = 64;

// A class of so many bytes, repeated without end, is a gap: no text that a
// signature could rest on.
constexpr size_t kGapBytes = 60;

// Stands for what a gap matches. No record holds a newline.
constexpr char kMark = '\n';

// ------------------------------------------------------------ boolean forms

// Terms that must match, and terms that must not.
struct Conjunct {
  std::vector<const Node*> needs;
  std::vector<const Node*> refuses;
};

// The pattern as alternatives of conjuncts; nothing if they are too many.
std::optional<std::vector<Conjunct>> AlternativesOf(const Pattern& pattern,
                                                    bool negated = false) {
  using Kind = Pattern::Kind;
  if (pattern.kind == Kind::Term) {
    Conjunct one;
    (negated ? one.refuses : one.needs).push_back(&pattern.term);
    return std::vector{one};
  }
  if (pattern.kind == Kind::Not) {
    return AlternativesOf(pattern.children[0], !negated);
  }
  const bool joins = (pattern.kind == Kind::And) != negated;
  std::vector<Conjunct> all;
  if (joins) {
    all.emplace_back();
  }
  for (const Pattern& child : pattern.children) {
    const auto alternatives = AlternativesOf(child, negated);
    if (!alternatives.has_value()) {
      return std::nullopt;
    }
    if (!joins) {
      all.insert(all.end(), alternatives->begin(), alternatives->end());
    } else {
      std::vector<Conjunct> joined;
      for (const Conjunct& left : all) {
        for (const Conjunct& right : *alternatives) {
          Conjunct both = left;
          both.needs.insert(both.needs.end(), right.needs.begin(),
                            right.needs.end());
          both.refuses.insert(both.refuses.end(), right.refuses.begin(),
                              right.refuses.end());
          joined.push_back(std::move(both));
        }
      }
      all = std::move(joined);
    }
    if (all.size() > kMaxConjuncts) {
      return std::nullopt;
    }
  }
  return all;
}

// ------------------------------------------------------------- implications

// Is `inner` found in every message in which `outer` is?
bool Follows(const Node& outer, const Node& inner) {
  if (outer == inner) {
    return true;
  }
  const vm::Term outer_term = automata::BuildTerm(outer, nullptr);
  const vm::Term inner_term = automata::BuildTerm(inner, nullptr);
  Language from(outer_term, Mode::Search);
  Language to(inner_term, Mode::Search);
  return automata::Contains(&to, &from).answer == Answer::Yes;
}

Node Joined(const Pattern& alternatives) {
  std::vector<Node> nodes;
  for (const Pattern& child : alternatives.children) {
    nodes.push_back(child.term);
  }
  return pattern::Alt(std::move(nodes));
}

bool AreTerms(const std::vector<Pattern>& patterns) {
  return std::all_of(patterns.begin(), patterns.end(), [](const Pattern& p) {
    return p.kind == Pattern::Kind::Term;
  });
}

// What `pattern` is where `known` holds; nothing: that is not known.
std::optional<bool> Truth(const Pattern& pattern, const Conjunct& known) {
  const auto implied = [&](const Node& term) -> std::optional<bool> {
    for (const Node* need : known.needs) {
      if (Follows(*need, term)) {
        return true;
      }
    }
    for (const Node* refused : known.refuses) {
      if (Follows(term, *refused)) {
        return false;
      }
    }
    return std::nullopt;
  };
  switch (pattern.kind) {
    case Pattern::Kind::Term:
      return implied(pattern.term);
    case Pattern::Kind::Not: {
      const std::optional<bool> inner = Truth(pattern.children[0], known);
      return inner.has_value() ? std::optional(!*inner) : std::nullopt;
    }
    case Pattern::Kind::And:
    case Pattern::Kind::Or:
      break;
  }
  // One false part decides an `&`, one true part an `|`.
  const bool decisive = pattern.kind == Pattern::Kind::Or;
  bool all_known = true;
  for (const Pattern& child : pattern.children) {
    const std::optional<bool> part = Truth(child, known);
    if (part == decisive) {
      return decisive;
    }
    all_known = all_known && part.has_value();
  }
  if (all_known) {
    return !decisive;
  }
  // Of alternatives each match may be another one's.
  if (decisive && AreTerms(pattern.children)) {
    return implied(Joined(pattern));
  }
  return std::nullopt;
}

// ---------------------------------------------------------------- evidence

bool IsGap(const Node& node) {
  return node.kind == Node::Kind::Repeat && node.max == Node::kUnbounded &&
         node.children[0].kind == Node::Kind::Class &&
         node.children[0].set.count() >= kGapBytes;
}

enum class Gaps : uint8_t {
  Mark,  // a gap is the mark, whatever else it could be
  Pass,  // a gap lets marks through
};

Node WithMarks(const Node& node, Gaps gaps) {
  const bool gap = IsGap(node);
  if (gap && gaps == Gaps::Mark) {
    vm::ByteSet mark;
    mark.set(kMark);
    return pattern::Class(mark);
  }
  Node out = node;
  if (out.kind == Node::Kind::Class) {
    out.set.reset(kMark);
  }
  for (Node& child : out.children) {
    child = WithMarks(child, gaps);
  }
  if (gap) {
    out.children[0].set.set(kMark);
  }
  return out;
}

// A shortest text of `outer` in which `inner` is found, marks for the gaps of
// `outer`.
std::optional<std::string> Within(const Node& outer, const Node& inner) {
  const vm::Term outer_term =
      automata::BuildTerm(WithMarks(outer, Gaps::Mark), nullptr);
  const vm::Term inner_term =
      automata::BuildTerm(WithMarks(inner, Gaps::Pass), nullptr);
  Language a(outer_term, Mode::Whole);
  Language b(inner_term, Mode::Search);
  automata::Relation relation = automata::Meet(&a, &b);
  if (relation.answer != Answer::Yes) {
    return std::nullopt;
  }
  return std::move(relation.witness);
}

// Texts of the terms of `outer` such that each term of `inner` is in one of
// them, as one message; nothing: that cannot be.
std::optional<std::string> Within(const Conjunct& outer,
                                  const Conjunct& inner) {
  std::vector<std::string> texts(outer.needs.size());
  for (const Node* part : inner.needs) {
    bool placed = false;
    for (size_t k = 0; k < outer.needs.size() && !placed; ++k) {
      const auto text = Within(*outer.needs[k], *part);
      if (text.has_value()) {
        placed = true;
        texts[k] = *text;
      }
    }
    if (!placed) {
      return std::nullopt;
    }
  }
  std::string message;
  for (size_t k = 0; k < texts.size(); ++k) {
    if (texts[k].empty()) {
      const vm::Term term =
          automata::BuildTerm(WithMarks(*outer.needs[k], Gaps::Mark), nullptr);
      Language language(term, Mode::Whole);
      texts[k] = automata::ShortestText(&language).value_or("");
    }
    message += (message.empty() ? "" : " ") + texts[k];
  }
  return message;
}

// Adds `message` with short texts in place of its marks.
void AddWithoutMarks(const std::string& message,
                     std::vector<std::string>* messages) {
  for (const std::string_view gap : {"x", " x ", "1", "", "xxxx"}) {
    std::string filled;
    for (const char byte : message) {
      if (byte == kMark) {
        filled += gap;
      } else {
        filled += byte;
      }
    }
    if (std::find(messages->begin(), messages->end(), filled) ==
        messages->end()) {
      messages->push_back(std::move(filled));
    }
  }
}

void AddFixedText(const Node& node, std::string* text) {
  switch (node.kind) {
    case Node::Kind::Literal:
      *text += node.literal;
      break;
    case Node::Kind::Cat:
      for (const Node& child : node.children) {
        AddFixedText(child, text);
      }
      break;
    case Node::Kind::Capture:
      AddFixedText(node.children[0], text);
      break;
    case Node::Kind::Empty:
    case Node::Kind::Look:
      break;
    case Node::Kind::Repeat:
      if (node == pattern::BlankRun()) {
        *text += ' ';
        break;
      }
      [[fallthrough]];
    case Node::Kind::Alt:
      for (const Node& child : node.children) {
        *text += kMark;
        AddFixedText(child, text);
      }
      *text += kMark;
      break;
    case Node::Kind::Nothing:
    case Node::Kind::Class:
      *text += kMark;
      break;
  }
}

void AddFixedText(const Pattern& pattern, std::string* text) {
  if (pattern.kind == Pattern::Kind::Term) {
    *text += kMark;
    AddFixedText(pattern.term, text);
  } else if (pattern.kind != Pattern::Kind::Not) {
    for (const Pattern& child : pattern.children) {
      AddFixedText(child, text);
    }
  }
}

// -------------------------------------------------------------------- holes

// Whatever `first` leaves, `second` takes: a longer `first` is never needed.
bool TakesTheRest(const Node& first, const Node& second) {
  if (first.kind != Node::Kind::Repeat || first.greedy ||
      first.max == first.min || first.children[0].kind != Node::Kind::Class) {
    return false;
  }
  const vm::Term longer =
      automata::BuildTerm(pattern::Cat({first.children[0], second}), nullptr);
  const vm::Term term = automata::BuildTerm(second, nullptr);
  Language from(longer, Mode::Whole);
  Language to(term, Mode::Whole);
  return automata::Contains(&to, &from).answer == Answer::Yes;
}

void FindMergedHoles(const Node& node,
                     const std::vector<hir::Capture>& captures,
                     DiagSink& diags) {
  for (size_t k = 0; k + 1 < node.children.size(); ++k) {
    const Node& first = node.children[k];
    const Node& second = node.children[k + 1];
    if (node.kind == Node::Kind::Cat && first.kind == Node::Kind::Capture &&
        second.kind == Node::Kind::Capture &&
        TakesTheRest(first.children[0], second.children[0])) {
      const hir::Capture& a = captures[first.capture];
      const hir::Capture& b = captures[second.capture];
      const uint32_t least = first.children[0].min;
      diags.Emit(a.span, diag::MergedHoles, a.name, b.name)
          .Label(b.span, "this one takes all the rest")
          .Note(least == 0 ? fmt::format("`{}` is always empty", a.name)
                           : fmt::format("`{}` is always {} byte{} long",
                                         a.name, least, least == 1 ? "" : "s"))
          .Help(
              "write the text that stands between them, give the first one "
              "a type, or take one hole");
    }
  }
  for (const Node& child : node.children) {
    FindMergedHoles(child, captures, diags);
  }
}

void FindMergedHoles(const Pattern& pattern,
                     const std::vector<hir::Capture>& captures,
                     DiagSink& diags) {
  if (pattern.kind == Pattern::Kind::Term) {
    FindMergedHoles(pattern.term, captures, diags);
  }
  for (const Pattern& child : pattern.children) {
    FindMergedHoles(child, captures, diags);
  }
}

// ------------------------------------------------------------- alternatives

bool HasCapture(const Node& node) {
  return node.kind == Node::Kind::Capture ||
         std::any_of(node.children.begin(), node.children.end(),
                     [](const Node& child) { return HasCapture(child); });
}

bool HasCapture(const Pattern& pattern) {
  return HasCapture(pattern.term) ||
         std::any_of(pattern.children.begin(), pattern.children.end(),
                     [](const Pattern& child) { return HasCapture(child); });
}

// Alternatives, each with a text of its own: most comparisons end with it.
class Alternatives {
 public:
  explicit Alternatives(const std::vector<Pattern>& patterns) {
    for (const Pattern& pattern : patterns) {
      program_.terms.push_back(automata::BuildTerm(pattern.term, nullptr));
    }
    for (const vm::Term& term : program_.terms) {
      Language whole(term, Mode::Whole);
      samples_.push_back(automata::ShortestText(&whole));
    }
  }

  // Is `wider` found wherever `one` is?
  [[nodiscard]] bool Follows(size_t one, size_t wider) const {
    if (!samples_[one].has_value() || !FoundIn(wider, *samples_[one])) {
      return false;
    }
    Language from(program_.terms[one], Mode::Search);
    Language to(program_.terms[wider], Mode::Search);
    return automata::Contains(&to, &from).answer == Answer::Yes;
  }

 private:
  [[nodiscard]] bool FoundIn(size_t term, std::string_view text) const {
    vm::VmScratch scratch(program_);
    std::vector<uint32_t> registers(program_.terms[term].registers);
    return vm::Find(program_.terms[term], text, TT_AT_START | TT_AT_END,
                    &scratch, registers);
  }

  vm::Program program_;
  std::vector<std::optional<std::string>> samples_;
};

// With it, and with its values: an earlier alternative begins wherever this one
// does, and is preferred.
bool NeverPreferred(const Node& one, const Node& earlier) {
  const vm::Term term = automata::BuildTerm(one, nullptr);
  const vm::Term longer = automata::BuildTerm(
      pattern::Cat({earlier, pattern::AnyRun(true)}), nullptr);
  Language from(term, Mode::Whole);
  Language to(longer, Mode::Whole);
  return automata::Contains(&to, &from).answer == Answer::Yes;
}

void FindUselessAlternatives(const Pattern& pattern, DiagSink& diags) {
  for (const Pattern& child : pattern.children) {
    FindUselessAlternatives(child, diags);
  }
  if (pattern.kind != Pattern::Kind::Or) {
    return;
  }
  const std::vector<Pattern>& children = pattern.children;
  const bool terms = AreTerms(children);
  const Alternatives alternatives(terms ? children : std::vector<Pattern>());
  const auto follows = [&](size_t one, size_t wider) {
    return terms ? alternatives.Follows(one, wider)
                 : Implies(children[one], children[wider]);
  };
  const auto useless = [&](size_t one, size_t other) {
    if (HasCapture(children[one])) {  // it gives values that others may not
      return terms && other < one && follows(one, other) &&
             NeverPreferred(children[one].term, children[other].term);
    }
    // Of two that are alike the later one is useless.
    return follows(one, other) && !(other > one && follows(other, one));
  };
  for (size_t one = 0; one < children.size(); ++one) {
    for (size_t other = 0; other < children.size(); ++other) {
      if (other != one && useless(one, other)) {
        diags
            .Emit(children[one].span, diag::Redundant,
                  "this alternative adds nothing")
            .Label(children[other].span, "this one is found wherever it is")
            .Help("take it out");
        break;
      }
    }
  }
}

}  // namespace

bool Implies(const hir::Pattern& a, const hir::Pattern& b) {
  const auto alternatives = AlternativesOf(a);
  return alternatives.has_value() &&
         std::all_of(
             alternatives->begin(), alternatives->end(),
             [&](const Conjunct& known) { return Truth(b, known) == true; });
}

std::vector<std::string> CommonMessages(const hir::Pattern& a,
                                        const hir::Pattern& b) {
  const auto of_a = AlternativesOf(a);
  const auto of_b = AlternativesOf(b);
  std::vector<std::string> messages;
  if (!of_a.has_value() || !of_b.has_value()) {
    return messages;
  }
  for (const Conjunct& left : *of_a) {
    for (const Conjunct& right : *of_b) {
      for (const auto& message : {Within(left, right), Within(right, left)}) {
        if (message.has_value()) {
          AddWithoutMarks(*message, &messages);
        }
      }
    }
  }
  return messages;
}

std::string FixedText(const hir::Pattern& pattern) {
  std::string text;
  AddFixedText(pattern, &text);
  return text;
}

std::string ShortestMessage(const hir::Pattern& pattern) {
  const auto alternatives = AlternativesOf(pattern);
  if (!alternatives.has_value()) {
    return "";
  }
  std::string message;
  for (const Node* need : alternatives->front().needs) {
    const vm::Term term = automata::BuildTerm(*need, nullptr);
    Language language(term, Mode::Whole);
    message += (message.empty() ? "" : " ") +
               automata::ShortestText(&language).value_or("");
  }
  return message;
}

void FindMergedHoles(const hir::Module& module, DiagSink& diags) {
  for (const hir::Signature& signature : module.signatures) {
    FindMergedHoles(signature.pattern, signature.captures, diags);
  }
  for (const hir::Block& block : module.blocks) {
    FindMergedHoles(block.open, block.captures, diags);
    for (const hir::Pattern& close : block.closes) {
      FindMergedHoles(close, block.captures, diags);
    }
  }
  for (const hir::Source& source : module.sources) {
    for (const auto* headers : {&source.prefixes, &source.lines}) {
      for (const hir::HeaderPattern& header : *headers) {
        FindMergedHoles(header.pattern, header.captures, diags);
      }
    }
    for (const hir::FileGlob& glob : source.files) {
      FindMergedHoles(glob.pattern, glob.captures, diags);
    }
  }
}

void FindUselessAlternatives(const hir::Module& module, DiagSink& diags) {
  for (const hir::Signature& signature : module.signatures) {
    FindUselessAlternatives(signature.pattern, diags);
  }
}

}  // namespace telltale::plan
