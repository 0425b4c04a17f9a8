// Laurikari's tagged determinisation, in the form where the registers of a
// state's k-th thread have fixed places: then a state is only the ordered list
// of its threads' positions, and a transition says which thread came from
// which.
//
// Positions are taken before empty moves are followed; these are followed when
// the next symbol is known, so that every look (also ahead) is decided then. A
// match is therefore noticed on the symbol after it, or on one of the two end
// symbols (the message ends there, or only the window does).
#include "compiler/automata/determinize.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "compiler/automata/byte_classes.h"
#include "runtime/abi/matcher.h"
#include "runtime/base/bytes.h"
#include "runtime/base/narrow.h"

namespace telltale::automata {

namespace {

using vm::Inst;
using vm::Look;

// A state before it has a number.
struct Key {
  std::vector<uint32_t> threads;  // instructions, preferred first
  bool first = false;             // nothing was read yet
  bool at_start = false;          // the message begins here (with `first`)
  bool before_is_word = false;
  bool matched = false;  // no new starts

  bool operator==(const Key&) const = default;
};

struct KeyHash {
  size_t operator()(const Key& key) const {
    size_t hash = (key.first ? 1u : 0u) | (key.at_start ? 2u : 0u) |
                  (key.before_is_word ? 4u : 0u) | (key.matched ? 8u : 0u);
    for (const uint32_t thread : key.threads) {
      hash = (hash ^ thread) * 0x9e3779b97f4a7c15u;
      hash ^= hash >> 29;
    }
    return hash;
  }
};

// Where empty moves lead: an instruction that consumes, or the match.
struct Leaf {
  uint32_t pc = 0;
  std::vector<uint32_t> sets;  // registers that become the position
};

// A leaf that a state's threads reach, and by which of them; none: by a match
// that begins here.
struct Candidate {
  std::optional<uint32_t> thread;
  const Leaf* leaf = nullptr;
};

class Builder {
 public:
  Builder(const vm::Term& term, uint32_t max_states)
      : term_(term), max_states_(max_states) {}

  std::optional<Dfa> Build() {
    FindClasses();
    FindMaySet();
    dfa_.results = term_.registers;
    dfa_.states.emplace_back();  // dead
    Key start;
    start.first = true;
    start.at_start = true;
    dfa_.start = Number(start);
    start.at_start = false;
    dfa_.start_inside = Number(start);
    for (size_t state = 1; state < dfa_.states.size(); ++state) {
      if (dfa_.states.size() > max_states_ || ops_ > 64 * max_states_ ||
          leaf_count_ > 64 * max_states_) {
        return std::nullopt;
      }
      Expand(state);
    }
    dfa_.registers = most_threads_ * term_.registers;
    return std::move(dfa_);
  }

 private:
  // Bytes that no instruction tells apart share a class.
  void FindClasses() {
    bool words = false;
    bool digits = false;
    for (const Inst& inst : term_.code) {
      if (inst.op == Inst::Op::Assert) {
        const auto look = static_cast<Look>(inst.arg);
        words = words || look == Look::WordBoundary ||
                look == Look::NotWordBoundary;
        digits = digits || look == Look::NoDigitAhead;
      }
    }
    uses_words_ = words;
    has_looks_ = std::any_of(
        term_.code.begin(), term_.code.end(),
        [](const Inst& inst) { return inst.op == Inst::Op::Assert; });
    seen_.resize(term_.code.size());
    taken_.resize(term_.code.size());
    ByteClasses classes;
    for (const vm::ByteSet& set : term_.sets) {
      classes.Refine(set);
    }
    if (words) {
      classes.RefineWords();
    }
    if (digits) {
      classes.RefineDigits();
    }
    dfa_.byte_class = classes.of();
    dfa_.classes = classes.count();
    for (unsigned byte = 0; byte < 256; ++byte) {
      if (dfa_.byte_class[byte] == sample_.size()) {
        sample_.push_back(static_cast<char>(byte));
      }
    }
  }

  // Registers that some path to an instruction sets.
  void FindMaySet() {
    may_set_.assign(term_.code.size(),
                    std::vector<bool>(term_.registers, false));
    std::vector<bool> queued(term_.code.size(), false);
    std::vector<bool> reached(term_.code.size(), false);
    std::vector<uint32_t> open = {0};
    reached[0] = true;
    while (!open.empty()) {
      const uint32_t pc = open.back();
      open.pop_back();
      queued[pc] = false;
      const Inst& inst = term_.code[pc];
      if (inst.op == Inst::Op::Match) {
        continue;
      }
      std::vector<bool> out = may_set_[pc];
      if (inst.op == Inst::Op::Tag) {
        out[inst.arg] = true;
      }
      const auto flow = [&](uint32_t to) {
        bool changed = !reached[to];
        reached[to] = true;
        for (size_t r = 0; r < out.size(); ++r) {
          if (out[r] && !may_set_[to][r]) {
            may_set_[to][r] = true;
            changed = true;
          }
        }
        if (changed && !queued[to]) {
          queued[to] = true;
          open.push_back(to);
        }
      };
      flow(inst.next);
      if (inst.op == Inst::Op::Split) {
        flow(inst.other);
      }
    }
  }

  uint32_t Number(const Key& key) {
    const bool may_start = !key.matched && (key.first || !term_.anchored);
    if (key.threads.empty() && !may_start) {
      return Dfa::kDead;
    }
    const auto fresh = Narrow<uint32_t>(dfa_.states.size());
    const auto [at, added] = numbers_.emplace(key, fresh);
    if (added) {
      dfa_.states.emplace_back();
      keys_.push_back(key);
      most_threads_ =
          std::max(most_threads_, Narrow<uint32_t>(key.threads.size()));
    }
    return at->second;
  }

  // Looks see the symbol only as one of these.
  uint32_t AheadOf(uint32_t symbol) const {
    if (!has_looks_) {
      return 0;
    }
    if (symbol >= dfa_.classes) {
      return symbol - dfa_.classes;
    }
    const char byte = sample_[symbol];
    return IsDigitByte(byte) ? 2 : IsWordByte(byte) ? 3 : 4;
  }

  void Expand(size_t state) {
    const Key key = keys_[state - 1];
    std::array<std::optional<std::vector<Candidate>>, 5> candidates;
    std::vector<Dfa::Transition> row;
    row.reserve(dfa_.classes + 2);
    for (uint32_t symbol = 0; symbol < dfa_.classes + 2; ++symbol) {
      auto& reached = candidates[AheadOf(symbol)];
      if (!reached.has_value()) {
        reached = Candidates(key, symbol);
      }
      row.push_back(Step(key, symbol, *reached));
      ops_ += row.back().ops.size() + row.back().accept.size();
    }
    dfa_.states[state] = std::move(row);
  }

  bool Holds(Look look, const Key& key, uint32_t symbol) const {
    const bool is_end = symbol >= dfa_.classes;
    const bool after = !is_end && IsWordByte(sample_[symbol]);
    switch (look) {
      case Look::Begin:
        return key.first && key.at_start;
      case Look::End:
        return symbol == dfa_.end_symbol(true);
      case Look::WordBoundary:
        return key.before_is_word != after;
      case Look::NotWordBoundary:
        return key.before_is_word == after;
      case Look::NoDigitAhead:
        return is_end || !IsDigitByte(sample_[symbol]);
    }
    return false;
  }

  // Writes how the registers that the rest of a match may ask for come to be.
  // `all`: those of the result, of which none keeps what it was.
  void AddOps(const Key& key, const Candidate& candidate, uint32_t target,
              uint32_t to_base, bool all, std::vector<Dfa::Op>* ops) const {
    const std::vector<bool>& wanted = may_set_[target];
    const std::vector<uint32_t>& sets = candidate.leaf->sets;
    for (uint32_t r = 0; r < term_.registers; ++r) {
      if (!wanted[r] && !all) {
        continue;
      }
      Dfa::Op op;
      op.to = to_base + r;
      if (std::find(sets.begin(), sets.end(), r) != sets.end()) {
        op.kind = Dfa::Op::Kind::Position;
      } else if (wanted[r] && candidate.thread.has_value() &&
                 may_set_[key.threads[*candidate.thread]][r]) {
        op.kind = Dfa::Op::Kind::Copy;
        op.from = *candidate.thread * term_.registers + r;
        if (op.from == op.to && !all) {
          continue;  // it is where it should be
        }
      }
      ops->push_back(op);
    }
  }

  // What the threads of a state reach by empty moves, preferred first, each
  // leaf once; a match cuts what comes after it.
  std::vector<Candidate> Candidates(const Key& key, uint32_t symbol) {
    std::vector<Candidate> found;
    ++stamp_;
    const auto add = [&](std::optional<uint32_t> thread, uint32_t pc) {
      for (const Leaf& leaf : LeavesOf(key, symbol, pc)) {
        if (seen_[leaf.pc] != stamp_) {
          seen_[leaf.pc] = stamp_;
          found.push_back({thread, &leaf});
          if (term_.code[leaf.pc].op == Inst::Op::Match) {
            return true;
          }
        }
      }
      return false;
    };
    for (uint32_t k = 0; k < key.threads.size(); ++k) {
      if (add(k, key.threads[k])) {
        return found;
      }
    }
    if (!key.matched && (key.first || !term_.anchored)) {
      add(std::nullopt, 0);
    }
    return found;
  }

  // Empty moves from `pc`, depth first, preferred first. Kept per `pc` and what
  // its looks can see.
  const std::vector<Leaf>& LeavesOf(const Key& key, uint32_t symbol,
                                    uint32_t pc) {
    const uint32_t behind = !has_looks_ ? 0
                                        : (key.first ? 1u : 0u) |
                                              (key.at_start ? 2u : 0u) |
                                              (key.before_is_word ? 4u : 0u);
    const auto [at, added] =
        leaves_.try_emplace({pc, behind * 5 + AheadOf(symbol)});
    std::vector<Leaf>& leaves = at->second;
    if (!added) {
      return leaves;
    }
    struct Frame {
      uint32_t pc;
      std::vector<uint32_t> sets;
    };
    std::vector<bool> seen(term_.code.size(), false);
    std::vector<Frame> stack;
    stack.push_back({pc, {}});
    while (!stack.empty()) {
      Frame frame = std::move(stack.back());
      stack.pop_back();
      while (!seen[frame.pc]) {
        seen[frame.pc] = true;
        const Inst& inst = term_.code[frame.pc];
        if (inst.op == Inst::Op::Match || inst.op == Inst::Op::Byte) {
          leaves.push_back({frame.pc, std::move(frame.sets)});
          break;
        }
        if (inst.op == Inst::Op::Assert &&
            !Holds(static_cast<Look>(inst.arg), key, symbol)) {
          break;
        }
        if (inst.op == Inst::Op::Tag) {
          frame.sets.push_back(inst.arg);
        }
        if (inst.op == Inst::Op::Split) {
          stack.push_back({inst.other, frame.sets});
        }
        frame.pc = inst.next;
      }
    }
    leaf_count_ += leaves.size();
    return leaves;
  }

  Dfa::Transition Step(const Key& key, uint32_t symbol,
                       const std::vector<Candidate>& candidates) {
    Dfa::Transition out;
    Key next;
    const bool is_end = symbol >= dfa_.classes;
    ++stamp_;
    for (const Candidate& candidate : candidates) {
      const Inst& inst = term_.code[candidate.leaf->pc];
      if (inst.op == Inst::Op::Match) {
        out.accepts = true;
        AddOps(key, candidate, candidate.leaf->pc, 0, true, &out.accept);
      } else if (!is_end &&
                 term_.sets[inst.arg]
                           [static_cast<unsigned char>(sample_[symbol])] &&
                 taken_[inst.next] != stamp_) {
        taken_[inst.next] = stamp_;
        const auto index = Narrow<uint32_t>(next.threads.size());
        next.threads.push_back(inst.next);
        AddOps(key, candidate, inst.next, index * term_.registers, false,
               &out.ops);
      }
    }
    if (is_end) {
      next.matched = true;
    } else {
      next.matched = key.matched || out.accepts;
      next.before_is_word = uses_words_ && IsWordByte(sample_[symbol]);
    }
    out.next = Number(next);
    if (out.next == Dfa::kDead) {
      out.ops.clear();
    }
    return out;
  }

  const vm::Term& term_;
  uint32_t max_states_;
  Dfa dfa_;
  std::vector<char> sample_;  // a byte of each class
  bool uses_words_ = false;
  std::vector<std::vector<bool>> may_set_;
  bool has_looks_ = false;
  std::map<std::pair<uint32_t, uint32_t>, std::vector<Leaf>> leaves_;
  size_t leaf_count_ = 0;
  // Instructions that the list at hand has: those with its stamp.
  uint64_t stamp_ = 0;
  std::vector<uint64_t> seen_;
  std::vector<uint64_t> taken_;
  std::unordered_map<Key, uint32_t, KeyHash> numbers_;
  std::vector<Key> keys_;
  uint32_t most_threads_ = 0;
  size_t ops_ = 0;
};

// The operations of a transition one after another: a register is written only
// when nobody needs its old value any more; of a ring of copies one value waits
// in a spare register.
class Sequencer {
 public:
  Sequencer(std::vector<Dfa::Op> ops, uint32_t spare, std::vector<Dfa::Op>* out)
      : open_(std::move(ops)), spare_(spare), out_(*out) {}

  void Run() {
    while (!open_.empty()) {
      const auto ready =
          std::find_if(open_.begin(), open_.end(),
                       [&](const Dfa::Op& op) { return !Needed(op.to, op); });
      if (ready != open_.end()) {
        out_.push_back(*ready);
        open_.erase(ready);
        continue;
      }
      // Only rings are left.
      Dfa::Op save = open_.front();
      const uint32_t saved = save.to;
      out_.push_back({Dfa::Op::Kind::Copy, spare_, saved});
      for (Dfa::Op& op : open_) {
        if (op.kind == Dfa::Op::Kind::Copy && op.from == saved) {
          op.from = spare_;
        }
      }
    }
  }

 private:
  // Does another operation still read `reg`?
  bool Needed(uint32_t reg, const Dfa::Op& self) const {
    return std::any_of(open_.begin(), open_.end(), [&](const Dfa::Op& op) {
      return op != self && op.kind == Dfa::Op::Kind::Copy && op.from == reg;
    });
  }

  std::vector<Dfa::Op> open_;
  uint32_t spare_;
  std::vector<Dfa::Op>& out_;
};

std::string OpsText(const std::vector<Dfa::Op>& ops) {
  std::string out;
  for (const Dfa::Op& op : ops) {
    out +=
        fmt::format(" r{}={}", op.to,
                    op.kind == Dfa::Op::Kind::Copy ? fmt::format("r{}", op.from)
                    : op.kind == Dfa::Op::Kind::Position ? "pos"
                                                         : "none");
  }
  return out;
}

}  // namespace

std::optional<Dfa> Determinize(const vm::Term& term, uint32_t max_states) {
  return Builder(term, max_states).Build();
}

vm::DfaTable Flatten(const Dfa& dfa) {
  vm::DfaTable table;
  const uint32_t stride = dfa.classes + 2;
  for (unsigned byte = 0; byte < 256; ++byte) {
    table.byte_class[byte] = static_cast<uint8_t>(dfa.byte_class[byte]);
  }
  table.window_end = dfa.end_symbol(false);
  table.message_end = dfa.end_symbol(true);
  table.start = dfa.start * stride;
  table.start_inside = dfa.start_inside * stride;
  table.registers = dfa.registers + 1;
  table.cells.assign(dfa.states.size() * stride, 0);
  std::map<Dfa::Transition, uint32_t> known;
  for (size_t state = 1; state < dfa.states.size(); ++state) {
    for (uint32_t symbol = 0; symbol < stride; ++symbol) {
      const Dfa::Transition& move = dfa.states[state][symbol];
      uint32_t& cell = table.cells[state * stride + symbol];
      if (!move.accepts && move.ops.empty()) {
        cell = move.next * stride;
        continue;
      }
      const auto fresh = Narrow<uint32_t>(table.moves.size());
      const auto [at, added] = known.emplace(move, fresh);
      cell = vm::DfaTable::kMove | at->second;
      if (added) {
        vm::DfaTable::Move out;
        out.next = move.next * stride;
        out.accepts = move.accepts ? 1U : 0U;
        out.accept_begin = Narrow<uint32_t>(table.ops.size());
        table.ops.insert(table.ops.end(), move.accept.begin(),
                         move.accept.end());
        out.accept_end = Narrow<uint32_t>(table.ops.size());
        out.moves_begin = out.accept_end;
        Sequencer(move.ops, dfa.registers, &table.ops).Run();
        out.moves_end = Narrow<uint32_t>(table.ops.size());
        table.moves.push_back(out);
      }
    }
  }
  return table;
}

std::string Dump(const Dfa& dfa) {
  std::string out =
      fmt::format("classes {} registers {} start {} inside {}\n", dfa.classes,
                  dfa.registers, dfa.start, dfa.start_inside);
  for (size_t state = 1; state < dfa.states.size(); ++state) {
    for (size_t symbol = 0; symbol < dfa.states[state].size(); ++symbol) {
      const Dfa::Transition& move = dfa.states[state][symbol];
      if (move.next == Dfa::kDead && !move.accepts) {
        continue;
      }
      out += fmt::format("{} -{}-> {}{}{}\n", state, symbol, move.next,
                         OpsText(move.ops),
                         move.accepts ? " accept" + OpsText(move.accept) : "");
    }
  }
  return out;
}

}  // namespace telltale::automata
