// Built from the back: each part is given the instruction that follows it and
// returns its own first one, so no patching is needed except for loops.
//
// A loop must not come round without having consumed a byte. So where the body
// of a loop can match the empty text it is built in two versions: one for
// before its first byte, whose end leaves the loop, and one for after, whose
// end goes round. Then a term has no cycle of empty moves, and a backtracking
// matcher that stops at an empty iteration prefers the same match.
#include "compiler/automata/thompson.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "runtime/base/narrow.h"
#include "runtime/vm/limits.h"

namespace telltale::automata {

namespace {

using pattern::Node;
using vm::Inst;

// Where a part goes on: after having consumed nothing, or something.
struct Exits {
  uint32_t empty = 0;
  uint32_t consumed = 0;
};

class Builder {
 public:
  explicit Builder(std::vector<CaptureRegisters>* captures)
      : captures_(captures) {}

  vm::Term Build(const Node& node) {
    if (captures_ != nullptr) {
      Allocate(node);
    }
    Emit(Inst::Op::Tag, 0, 0);  // the entry; `next` is set below
    const uint32_t match = Emit(Inst::Op::Match, 0, 0);
    const uint32_t end = Emit(Inst::Op::Tag, 1, match);
    const uint32_t first = Part(node, end);
    term_.code[0].next = first;
    term_.anchored = Anchored(node);
    term_.first = vm::FirstBytes(term_);
    return std::move(term_);
  }

 private:
  // One pair of registers per occurrence, in the order they are written. All
  // copies of a repeat share theirs: the last iteration is kept.
  void Allocate(const Node& node) {
    if (node.kind == Node::Kind::Capture) {
      captures_->push_back({node.capture, term_.registers});
      registers_[&node] = term_.registers;
      term_.registers += 2;
    }
    for (const Node& child : node.children) {
      Allocate(child);
    }
  }

  [[nodiscard]] bool full() const {
    return term_.code.size() > vm::kMaxTermCode;
  }

  uint32_t Emit(Inst::Op op, uint32_t arg, uint32_t next, uint32_t other = 0) {
    term_.code.push_back({op, arg, next, other});
    return Narrow<uint32_t>(term_.code.size() - 1);
  }

  uint32_t SetIndex(const vm::ByteSet& set) {
    const auto [place, is_new] =
        sets_.try_emplace(set, Narrow<uint32_t>(term_.sets.size()));
    if (is_new) {
      term_.sets.push_back(set);
    }
    return place->second;
  }

  uint32_t Byte(unsigned char byte, bool fold, uint32_t next) {
    vm::ByteSet set;
    set.set(byte);
    const bool letter =
        (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
    if (fold && letter) {
      set.set(byte ^ 0x20u);
    }
    return Emit(Inst::Op::Byte, SetIndex(set), next);
  }

  uint32_t Part(const Node& node, uint32_t next) {
    return Part(node, Exits{next, next});
  }

  uint32_t Part(const Node& node, Exits exits) {
    if (full()) {
      return exits.consumed;  // the term is refused anyway
    }
    if (exits.empty != exits.consumed && !pattern::MatchesEmpty(node)) {
      exits.empty = exits.consumed;
    }
    switch (node.kind) {
      case Node::Kind::Empty:
        return exits.empty;
      case Node::Kind::Nothing:
        return Emit(Inst::Op::Byte, SetIndex(vm::ByteSet()), exits.consumed);
      case Node::Kind::Literal: {
        uint32_t next = exits.consumed;
        for (size_t k = node.literal.size(); k-- > 0;) {
          next = Byte(static_cast<unsigned char>(node.literal[k]), node.fold,
                      next);
        }
        return next;
      }
      case Node::Kind::Class:
        return Emit(Inst::Op::Byte, SetIndex(node.set), exits.consumed);
      case Node::Kind::Cat:
        for (size_t k = node.children.size(); k-- > 0;) {
          exits = Before(node.children[k], exits, k > 0);
        }
        return exits.empty;
      case Node::Kind::Alt: {
        uint32_t first = Part(node.children.back(), exits);
        for (size_t k = node.children.size() - 1; k-- > 0;) {
          const uint32_t side = Part(node.children[k], exits);
          first = Emit(Inst::Op::Split, 0, side, first);
        }
        return first;
      }
      case Node::Kind::Repeat:
        return Repeat(node, exits);
      case Node::Kind::Look:
        return Emit(Inst::Op::Assert, static_cast<uint32_t>(node.look),
                    exits.empty);
      case Node::Kind::Capture:
        return Capture(node, exits);
    }
    return exits.empty;
  }

  // The entries of `node`, before which nothing or something was consumed;
  // the second only if `both`.
  Exits Before(const Node& node, Exits exits, bool both) {
    if (exits.empty == exits.consumed || !pattern::MatchesEmpty(node)) {
      const uint32_t entry = Part(node, exits.consumed);
      return {entry, entry};
    }
    const uint32_t consumed = both ? Part(node, exits.consumed) : 0;
    return {Part(node, exits), consumed};
  }

  uint32_t Capture(const Node& node, Exits exits) {
    const Node& body = node.children[0];
    if (captures_ == nullptr) {
      return Part(body, exits);
    }
    const uint32_t begin = registers_[&node];
    const uint32_t consumed = Emit(Inst::Op::Tag, begin + 1, exits.consumed);
    const uint32_t empty = exits.empty == exits.consumed
                               ? consumed
                               : Emit(Inst::Op::Tag, begin + 1, exits.empty);
    return Emit(Inst::Op::Tag, begin, Part(body, Exits{empty, consumed}));
  }

  uint32_t Fork(uint32_t body, uint32_t exit, bool greedy) {
    return greedy ? Emit(Inst::Op::Split, 0, body, exit)
                  : Emit(Inst::Op::Split, 0, exit, body);
  }

  // body*, once a byte was consumed or where that does not matter.
  uint32_t Loop(const Node& body, bool greedy, uint32_t next) {
    const uint32_t loop = Fork(0, next, greedy);
    const uint32_t again = Part(body, Exits{next, loop});
    (greedy ? term_.code[loop].next : term_.code[loop].other) = again;
    return loop;
  }

  uint32_t Repeat(const Node& node, Exits exits) {
    const Node& body = node.children[0];
    const bool same = exits.empty == exits.consumed;
    uint32_t copies = node.min;
    if (node.max == Node::kUnbounded && copies > 0 &&
        !pattern::MatchesEmpty(body)) {
      // The last copy that must be there is also the one that comes again.
      const uint32_t loop = Fork(0, exits.consumed, node.greedy);
      const uint32_t first = Part(body, loop);
      (node.greedy ? term_.code[loop].next : term_.code[loop].other) = first;
      exits = {first, first};
      --copies;
    } else if (node.max == Node::kUnbounded) {
      const uint32_t loop = Loop(body, node.greedy, exits.consumed);
      exits = {same ? loop
                    : Fork(Part(body, Exits{exits.empty, loop}), exits.empty,
                           node.greedy),
               loop};
    } else if (node.max > node.min) {
      exits = Optional(node, exits, node.min > 0);
    }
    for (; copies > 0 && !full(); --copies) {
      exits = Before(body, exits, copies > 1);
    }
    return exits.empty;
  }

  // (body(body(...)?)?)?: the copies beyond the minimum.
  Exits Optional(const Node& node, Exits exits, bool both) {
    const Node& body = node.children[0];
    const bool same = exits.empty == exits.consumed;
    const uint32_t out = exits.consumed;
    uint32_t rest = out;
    uint32_t before_last = out;
    for (uint32_t k = node.min; k < node.max && !full(); ++k) {
      before_last = rest;
      if (k + 1 < node.max || same || both) {
        rest = Fork(Part(body, Exits{out, rest}), out, node.greedy);
      }
    }
    const uint32_t entry =
        same ? rest
             : Fork(Part(body, Exits{exits.empty, before_last}), exits.empty,
                    node.greedy);
    return {entry, rest};
  }

  static bool Anchored(const Node& node) {
    switch (node.kind) {
      case Node::Kind::Look:
        return node.look == vm::Look::Begin;
      case Node::Kind::Cat: {
        const auto first = std::find_if(
            node.children.begin(), node.children.end(), [](const Node& child) {
              return child.kind != Node::Kind::Look || Anchored(child);
            });
        return first != node.children.end() && Anchored(*first);
      }
      case Node::Kind::Capture:
        return Anchored(node.children[0]);
      case Node::Kind::Repeat:
        return node.min > 0 && Anchored(node.children[0]);
      case Node::Kind::Alt:
        return std::all_of(node.children.begin(), node.children.end(),
                           Anchored);
      case Node::Kind::Empty:
      case Node::Kind::Nothing:
      case Node::Kind::Literal:
      case Node::Kind::Class:
        return false;
    }
    return false;
  }

  std::vector<CaptureRegisters>* captures_;
  std::unordered_map<const Node*, uint32_t> registers_;
  std::unordered_map<vm::ByteSet, uint32_t> sets_;
  vm::Term term_;
};

}  // namespace

vm::Term BuildTerm(const pattern::Node& node,
                   std::vector<CaptureRegisters>* captures) {
  return Builder(captures).Build(node);
}

std::string Dump(const vm::Term& term) {
  static constexpr std::string_view kLooks[] = {
      "begin", "end", "word boundary", "no word boundary", "no digit ahead"};
  std::string out;
  for (size_t k = 0; k < term.code.size(); ++k) {
    const Inst& inst = term.code[k];
    out += fmt::format("{:>4}  ", k);
    switch (inst.op) {
      case Inst::Op::Byte:
        out += fmt::format("byte {} -> {}\n",
                           pattern::Dump(pattern::Class(term.sets[inst.arg])),
                           inst.next);
        break;
      case Inst::Op::Split:
        out += fmt::format("split {}, {}\n", inst.next, inst.other);
        break;
      case Inst::Op::Tag:
        out += fmt::format("tag {} -> {}\n", inst.arg, inst.next);
        break;
      case Inst::Op::Assert:
        out += fmt::format("assert {} -> {}\n", kLooks[inst.arg], inst.next);
        break;
      case Inst::Op::Match:
        out += "match\n";
        break;
    }
  }
  return out;
}

}  // namespace telltale::automata
