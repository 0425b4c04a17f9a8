// For each part of a pattern: sets of phrases of which one must occur. A
// sequence may choose among its parts' sets, an alternative needs one from each
// side. The rarest stretch of four bytes of a phrase is what the prefilter
// looks for; the rest is compared where that stretch stands, so that few
// records are looked at in vain (docs/performance.md).
#include "compiler/plan/literals.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

namespace telltale::plan {

namespace {

// More alternatives than this cost more than they save.
constexpr size_t kMaxPhrases = 64;

// Bytes compared on each side of a gram; longer context refutes little more.
constexpr size_t kMaxContext = 32;

struct Choice {
  std::vector<vm::Phrase> any_of;
  double worth = 0;  // rarity of the commonest, less for many
};

// Bits of surprise per byte in logs: coarse classes, counted over training,
// serving, kernel and CI logs.
double ByteBits(uint8_t byte) {
  constexpr std::string_view kCommon = "etaoinsr";
  constexpr std::string_view kUsual = "lcdupmgfh";
  if (byte == ' ') {
    return 2.8;
  }
  if (byte >= '0' && byte <= '9') {
    return 4.2;
  }
  const char c = static_cast<char>(byte);
  if (kCommon.find(c) != std::string_view::npos) {
    return 4.5;
  }
  if (kUsual.find(c) != std::string_view::npos) {
    return 5.5;
  }
  if (c >= 'a' && c <= 'z') {
    return 7.0;
  }
  if (c >= 'A' && c <= 'Z') {
    return 7.5;
  }
  constexpr std::string_view kMarks = ".:-_/[],=()";
  return kMarks.find(c) != std::string_view::npos ? 5.0 : 9.0;
}

bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool IsBlank(char c) {
  return c == ' ' || c == '\t';
}

// One byte of a stretch of fixed text, or a run of blanks.
struct Symbol {
  char byte = ' ';    // lower case where folded
  bool fold = false;  // a letter of either case
  bool run = false;   // one or more blanks
};

std::optional<vm::Gram> GramAt(std::span<const Symbol> symbols) {
  vm::Gram gram;
  gram.size = static_cast<uint8_t>(symbols.size());
  for (size_t k = 0; k < symbols.size(); ++k) {
    if (symbols[k].run) {
      return std::nullopt;
    }
    gram.bytes[k] = static_cast<uint8_t>(symbols[k].byte);
    gram.fold =
        static_cast<uint8_t>(gram.fold | (symbols[k].fold ? 1u << k : 0u));
  }
  return gram;
}

// Blanks, whether a run or not, become runs, and neighbouring ones a single
// run: that admits more, never less.
std::string ContextOf(std::span<const Symbol> symbols, bool fold) {
  std::string out;
  for (const Symbol& symbol : symbols) {
    if (symbol.run || IsBlank(symbol.byte)) {
      if (out.empty() || out.back() != ' ') {
        out += ' ';
      }
    } else {
      out += fold && IsLetter(symbol.byte)
                 ? static_cast<char>(symbol.byte | 0x20)
                 : symbol.byte;
    }
  }
  return out;
}

vm::Phrase PhraseAt(std::span<const Symbol> symbols, const vm::Gram& gram,
                    size_t at) {
  const size_t begin = at - std::min(at, kMaxContext);
  const size_t end = at + gram.size;
  const auto before = symbols.subspan(begin, at - begin);
  const auto after =
      symbols.subspan(end, std::min(symbols.size() - end, kMaxContext));
  const auto folds = [](const Symbol& symbol) { return symbol.fold; };
  vm::Phrase phrase;
  phrase.gram = gram;
  phrase.fold = std::any_of(before.begin(), before.end(), folds) ||
                std::any_of(after.begin(), after.end(), folds);
  phrase.before = ContextOf(before, phrase.fold);
  phrase.after = ContextOf(after, phrase.fold);
  return phrase;
}

// What stands around a gram keeps records from being looked at, though not the
// prefilter from stopping: worth half.
double ContextWorth(const vm::Phrase& phrase) {
  double bits = 0;
  for (const char c : phrase.before + phrase.after) {
    bits += ByteBits(static_cast<uint8_t>(c));
  }
  return 0.5 * bits;
}

std::optional<Choice> OfStretch(std::span<const Symbol> symbols) {
  // The longest gram that some word of the stretch allows.
  std::optional<Choice> best;
  for (size_t size = 4; size >= 2 && !best.has_value(); --size) {
    for (size_t at = 0; at + size <= symbols.size(); ++at) {
      const auto gram = GramAt(symbols.subspan(at, size));
      if (gram.has_value() &&
          (!best.has_value() || Rarity(*gram) > best->worth)) {
        best = Choice{{PhraseAt(symbols, *gram, at)}, Rarity(*gram)};
      }
    }
  }
  if (best.has_value()) {
    best->worth += ContextWorth(best->any_of.front());
  }
  return best;
}

std::optional<Choice> Union(std::vector<std::optional<Choice>> sides) {
  Choice all;
  all.worth = 1e9;
  for (std::optional<Choice>& side : sides) {
    if (!side.has_value()) {
      return std::nullopt;
    }
    all.any_of.insert(all.any_of.end(), side->any_of.begin(),
                      side->any_of.end());
    all.worth = std::min(all.worth, side->worth);
  }
  std::sort(all.any_of.begin(), all.any_of.end());
  all.any_of.erase(std::unique(all.any_of.begin(), all.any_of.end()),
                   all.any_of.end());
  if (all.any_of.empty() || all.any_of.size() > kMaxPhrases) {
    return std::nullopt;
  }
  all.worth -= 0.5 * static_cast<double>(all.any_of.size() - 1);
  return all;
}

std::optional<Choice> Better(std::optional<Choice> a, std::optional<Choice> b) {
  if (!a.has_value() || (b.has_value() && b->worth > a->worth)) {
    return b;
  }
  return a;
}

std::optional<Choice> OfNode(const pattern::Node& node);

// Walks a sequence and keeps the best set: of a stretch of fixed text, or of a
// part that is none.
class Sequence {
 public:
  void Add(const pattern::Node& node) {
    switch (node.kind) {
      case pattern::Node::Kind::Literal:
        for (const char c : node.literal) {
          const bool fold = node.fold && IsLetter(c);
          stretch_.push_back(
              {fold ? static_cast<char>(c | 0x20) : c, fold, false});
        }
        return;
      case pattern::Node::Kind::Cat:
        for (const pattern::Node& child : node.children) {
          Add(child);
        }
        return;
      case pattern::Node::Kind::Capture:
        Add(node.children[0]);
        return;
      case pattern::Node::Kind::Empty:
      case pattern::Node::Kind::Look:
        return;  // take no room
      case pattern::Node::Kind::Repeat:
        if (node == pattern::BlankRun()) {
          stretch_.push_back({' ', false, true});
          return;
        }
        break;
      case pattern::Node::Kind::Alt:
      case pattern::Node::Kind::Nothing:
      case pattern::Node::Kind::Class:
        break;
    }
    EndStretch();
    best_ = Better(std::move(best_), OfNode(node));
  }

  std::optional<Choice> Finish() {
    EndStretch();
    return std::move(best_);
  }

 private:
  void EndStretch() {
    best_ = Better(std::move(best_), OfStretch(stretch_));
    stretch_.clear();
  }

  std::vector<Symbol> stretch_;
  std::optional<Choice> best_;
};

std::optional<Choice> OfNode(const pattern::Node& node) {
  switch (node.kind) {
    case pattern::Node::Kind::Literal:
    case pattern::Node::Kind::Cat:
    case pattern::Node::Kind::Capture: {
      Sequence sequence;
      sequence.Add(node);
      return sequence.Finish();
    }
    case pattern::Node::Kind::Alt: {
      std::vector<std::optional<Choice>> sides;
      for (const pattern::Node& child : node.children) {
        sides.push_back(OfNode(child));
      }
      return Union(std::move(sides));
    }
    case pattern::Node::Kind::Repeat:
      return node.min == 0 ? std::nullopt : OfNode(node.children[0]);
    case pattern::Node::Kind::Empty:
    case pattern::Node::Kind::Nothing:
    case pattern::Node::Kind::Class:
    case pattern::Node::Kind::Look:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<Choice> OfPattern(const hir::Pattern& pattern) {
  switch (pattern.kind) {
    case hir::Pattern::Kind::Term:
      return OfNode(pattern.term);
    case hir::Pattern::Kind::Not:
      return std::nullopt;
    case hir::Pattern::Kind::And: {
      std::optional<Choice> best;
      for (const hir::Pattern& child : pattern.children) {
        best = Better(std::move(best), OfPattern(child));
      }
      return best;
    }
    case hir::Pattern::Kind::Or: {
      std::vector<std::optional<Choice>> sides;
      for (const hir::Pattern& child : pattern.children) {
        sides.push_back(OfPattern(child));
      }
      return Union(std::move(sides));
    }
  }
  return std::nullopt;
}

vm::Gate ToGate(std::optional<Choice> choice) {
  return choice.has_value() ? vm::Gate{std::move(choice->any_of)} : vm::Gate{};
}

}  // namespace

double Rarity(const vm::Gram& gram) {
  double bits = 0;
  for (size_t k = 0; k < gram.size; ++k) {
    bits += ByteBits(gram.bytes[k]) - ((gram.fold >> k & 1u) != 0 ? 0.5 : 0.0);
  }
  return bits;
}

vm::Gate GateOf(const hir::Pattern& pattern) {
  return ToGate(OfPattern(pattern));
}

vm::Gate GateOf(const pattern::Node& node) {
  return ToGate(OfNode(node));
}

}  // namespace telltale::plan
