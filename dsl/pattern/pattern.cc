#include "dsl/pattern/pattern.h"

#include <algorithm>
#include <utility>

#include "dsl/pattern/byte_sets.h"

namespace telltale::pattern {

namespace {

using Kind = Node::Kind;

bool IsLetter(unsigned byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

uint32_t Saturated(uint64_t n) {
  return n >= Node::kUnbounded ? Node::kUnbounded : static_cast<uint32_t>(n);
}

}  // namespace

Node Empty() {
  return {};
}

Node Nothing() {
  Node node;
  node.kind = Kind::Nothing;
  return node;
}

Node Literal(std::string bytes, bool fold) {
  if (bytes.empty()) {
    return Empty();
  }
  Node node;
  node.kind = Kind::Literal;
  // Without letters there is nothing to fold: one normal form.
  node.fold = fold && std::any_of(bytes.begin(), bytes.end(), [](char c) {
                return IsLetter(static_cast<unsigned char>(c));
              });
  node.literal = std::move(bytes);
  return node;
}

Node Class(const ByteSet& set) {
  if (set.none()) {
    return Nothing();
  }
  if (set.count() == 1) {
    for (size_t byte = 0; byte < set.size(); ++byte) {
      if (set[byte]) {
        return Literal(std::string(1, static_cast<char>(byte)));
      }
    }
  }
  Node node;
  node.kind = Kind::Class;
  node.set = set;
  return node;
}

Node Cat(std::vector<Node> children) {
  Node out;
  out.kind = Kind::Cat;
  for (Node& child : children) {
    if (child.kind == Kind::Empty) {
      continue;
    }
    if (child.kind == Kind::Nothing) {
      return Nothing();
    }
    std::vector<Node> parts;
    if (child.kind == Kind::Cat) {
      parts = std::move(child.children);
    } else {
      parts.push_back(std::move(child));
    }
    for (Node& part : parts) {
      const bool joins = !out.children.empty() && part.kind == Kind::Literal &&
                         out.children.back().kind == Kind::Literal &&
                         out.children.back().fold == part.fold;
      if (joins) {
        out.children.back().literal += part.literal;
      } else {
        out.children.push_back(std::move(part));
      }
    }
  }
  if (out.children.empty()) {
    return Empty();
  }
  return out.children.size() == 1 ? std::move(out.children[0]) : out;
}

Node Alt(std::vector<Node> children) {
  Node out;
  out.kind = Kind::Alt;
  for (Node& child : children) {
    if (child.kind == Kind::Nothing) {
      continue;
    }
    if (child.kind == Kind::Alt) {
      std::move(child.children.begin(), child.children.end(),
                std::back_inserter(out.children));
    } else {
      out.children.push_back(std::move(child));
    }
  }
  if (out.children.empty()) {
    return Nothing();
  }
  return out.children.size() == 1 ? std::move(out.children[0]) : out;
}

Node Repeat(Node child, uint32_t min, uint32_t max, bool greedy) {
  if (max == 0 || child.kind == Kind::Empty) {
    return Empty();
  }
  if (child.kind == Kind::Nothing) {
    return min == 0 ? Empty() : Nothing();
  }
  if (child.kind == Kind::Look) {
    min = std::min(min, 1U);
    max = 1;
  }
  if (min == 1 && max == 1) {
    return child;
  }
  Node node;
  node.kind = Kind::Repeat;
  node.min = min;
  node.max = max;
  node.greedy = greedy;
  node.children.push_back(std::move(child));
  return node;
}

Node LookAt(Look look) {
  Node node;
  node.kind = Kind::Look;
  node.look = look;
  return node;
}

Node Capture(Node child, uint32_t index) {
  Node node;
  node.kind = Kind::Capture;
  node.capture = index;
  node.children.push_back(std::move(child));
  return node;
}

Node BlankRun() {
  ByteSet blanks;
  blanks.set(' ');
  blanks.set('\t');
  return Repeat(Class(blanks), 1, Node::kUnbounded, true);
}

Node AnyRun(bool greedy) {
  ByteSet any;
  any.set();
  any.reset('\n');
  return Repeat(Class(any), 0, Node::kUnbounded, greedy);
}

Node FoldCase(Node node) {
  if (node.kind == Kind::Literal) {
    return Literal(std::move(node.literal), true);
  }
  if (node.kind == Kind::Class) {
    return Class(Folded(node.set));
  }
  for (Node& child : node.children) {
    child = FoldCase(std::move(child));
  }
  return node.kind == Kind::Cat ? Cat(std::move(node.children)) : node;
}

Lengths LengthsOf(const Node& node) {
  switch (node.kind) {
    case Kind::Empty:
    case Kind::Look:
      return {0, 0};
    case Kind::Nothing:
      return {Node::kUnbounded, 0};
    case Kind::Literal:
      return {Saturated(node.literal.size()), Saturated(node.literal.size())};
    case Kind::Class:
      return {1, 1};
    case Kind::Capture:
      return LengthsOf(node.children[0]);
    case Kind::Cat: {
      uint64_t min = 0;
      uint64_t max = 0;
      for (const Node& child : node.children) {
        const Lengths one = LengthsOf(child);
        min += one.min;
        max += one.max;
      }
      return {Saturated(min), Saturated(max)};
    }
    case Kind::Alt: {
      Lengths all{Node::kUnbounded, 0};
      for (const Node& child : node.children) {
        const Lengths one = LengthsOf(child);
        all.min = std::min(all.min, one.min);
        all.max = std::max(all.max, one.max);
      }
      return all;
    }
    case Kind::Repeat: {
      const Lengths one = LengthsOf(node.children[0]);
      const uint64_t max = node.max == Node::kUnbounded
                               ? (one.max == 0 ? 0 : Node::kUnbounded)
                               : uint64_t{one.max} * node.max;
      return {Saturated(uint64_t{one.min} * node.min), Saturated(max)};
    }
  }
  return {};
}

bool MatchesEmpty(const Node& node) {
  return node.kind != Kind::Nothing && LengthsOf(node).min == 0;
}

uint32_t EvidenceOf(const Node& node) {
  switch (node.kind) {
    case Kind::Literal:
      return Saturated(node.literal.size());
    case Kind::Cat: {
      uint64_t all = 0;
      for (const Node& child : node.children) {
        all += EvidenceOf(child);
      }
      return Saturated(all);
    }
    case Kind::Alt: {
      uint32_t least = Node::kUnbounded;
      for (const Node& child : node.children) {
        least = std::min(least, EvidenceOf(child));
      }
      return least;
    }
    case Kind::Repeat:
      return Saturated(uint64_t{EvidenceOf(node.children[0])} * node.min);
    case Kind::Capture:
      return EvidenceOf(node.children[0]);
    case Kind::Empty:
    case Kind::Nothing:
    case Kind::Class:
    case Kind::Look:
      return 0;
  }
  return 0;
}

namespace {

constexpr uint64_t kSizeCap = 1'000'000'000;

// What Thompson's construction emits for a node. Where a repeat must know
// whether its body consumed a byte, the body is built in two versions, before
// and after its first byte; see compiler/automata/thompson.cc.
struct Sizes {
  uint64_t plain = 0;
  uint64_t tracked = 0;
};

Sizes Capped(uint64_t plain, uint64_t tracked) {
  return {std::min(plain, kSizeCap), std::min(tracked, kSizeCap)};
}

Sizes SizesOf(const Node& node);

Sizes SizesOfRepeat(const Node& node) {
  const Sizes body = SizesOf(node.children[0]);
  const bool unbounded = node.max == Node::kUnbounded;
  const bool loops_back =
      unbounded && node.min > 0 && !MatchesEmpty(node.children[0]);
  const uint64_t fork = 1 + body.tracked;
  const uint64_t optional = loops_back  ? 1
                            : unbounded ? fork
                                        : uint64_t{node.max - node.min} * fork;
  const uint64_t optional_tracked =
      unbounded && !loops_back ? 2 * fork : optional;
  const uint64_t copies = node.min;
  return Capped(copies * body.plain + optional,
                copies == 0
                    ? optional_tracked
                    : copies * body.tracked + (copies - 1) * body.plain +
                          optional + optional_tracked);
}

Sizes SizesOfAny(const Node& node) {
  switch (node.kind) {
    case Kind::Empty:
      return {0, 0};
    case Kind::Nothing:
    case Kind::Class:
    case Kind::Look:
      return {1, 1};
    case Kind::Literal:
      return Capped(node.literal.size(), node.literal.size());
    case Kind::Capture: {
      const Sizes body = SizesOf(node.children[0]);
      return Capped(body.plain + 2, body.tracked + 3);
    }
    case Kind::Alt: {
      Sizes all{node.children.size() - 1, node.children.size() - 1};
      for (const Node& child : node.children) {
        const Sizes one = SizesOf(child);
        all = Capped(all.plain + one.plain, all.tracked + one.tracked);
      }
      return all;
    }
    case Kind::Cat: {
      Sizes all;
      for (const Node& child : node.children) {
        const Sizes one = SizesOf(child);
        const bool first = &child == &node.children[0];
        all = Capped(all.plain + one.plain,
                     all.tracked + one.tracked + (first ? 0 : one.plain));
      }
      return all;
    }
    case Kind::Repeat:
      return SizesOfRepeat(node);
  }
  return {};
}

Sizes SizesOf(const Node& node) {
  const Sizes sizes = SizesOfAny(node);
  // What always consumes a byte needs no second version.
  return MatchesEmpty(node) ? sizes : Sizes{sizes.plain, sizes.plain};
}

}  // namespace

uint64_t ExpandedSize(const Node& node) {
  return SizesOf(node).plain + 3;  // with the tags around it and the match
}

}  // namespace telltale::pattern
