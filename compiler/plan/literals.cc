// For each part of a pattern: sets of literals of which one must occur. A
// sequence may choose among its parts' sets, an alternative needs one from each
// side. Of a literal only its rarest stretch of four bytes is kept: one rare
// gram per signature is what makes the prefilter fast (docs/performance.md).
#include "compiler/plan/literals.h"

#include <algorithm>
#include <array>
#include <optional>

namespace telltale::plan {

namespace {

// More alternatives than this cost more than they save.
constexpr size_t kMaxGrams = 64;

struct Choice {
  std::vector<vm::Gram> any_of;
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

vm::Gram GramAt(std::string_view literal, bool fold, size_t at, size_t size) {
  vm::Gram gram;
  gram.size = static_cast<uint8_t>(size);
  for (size_t k = 0; k < size; ++k) {
    char c = literal[at + k];
    if (fold && IsLetter(c)) {
      c = static_cast<char>(c | 0x20);
      gram.fold = static_cast<uint8_t>(gram.fold | 1u << k);
    }
    gram.bytes[k] = static_cast<uint8_t>(c);
  }
  return gram;
}

std::optional<Choice> OfLiteral(const pattern::Node& node) {
  const size_t size = std::min<size_t>(node.literal.size(), 4);
  if (size < 2) {
    return std::nullopt;
  }
  std::optional<Choice> best;
  for (size_t at = 0; at + size <= node.literal.size(); ++at) {
    const vm::Gram gram = GramAt(node.literal, node.fold, at, size);
    const double worth = Rarity(gram);
    if (!best.has_value() || worth > best->worth) {
      best = Choice{{gram}, worth};
    }
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
  if (all.any_of.empty() || all.any_of.size() > kMaxGrams) {
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

std::optional<Choice> OfNode(const pattern::Node& node) {
  switch (node.kind) {
    case pattern::Node::Kind::Literal:
      return OfLiteral(node);
    case pattern::Node::Kind::Cat: {
      std::optional<Choice> best;
      for (const pattern::Node& child : node.children) {
        best = Better(std::move(best), OfNode(child));
      }
      return best;
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
    case pattern::Node::Kind::Capture:
      return OfNode(node.children[0]);
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
