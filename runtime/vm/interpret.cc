#include "runtime/vm/interpret.h"

#include <algorithm>
#include <utility>

#include "runtime/base/bytes.h"

namespace telltale::vm {

VmScratch::VmScratch(const Program& program) {
  size_t code = 1;
  size_t registers = 2;
  size_t state = 2;
  for (const Term& term : program.terms) {
    code = std::max(code, term.code.size());
    registers = std::max<size_t>(registers, term.registers);
    state = std::max(state, term.code.size() * term.registers);
  }
  for (Threads* threads : {&now_, &next_}) {
    threads->dense.resize(code);
    threads->sparse.resize(code);
    threads->registers.resize(state);
  }
  current_.resize(registers);
}

class Pike {
 public:
  Pike(const Term& term, std::string_view text, uint32_t flags,
       VmScratch* scratch, std::span<uint32_t> result)
      : term_(term),
        text_(text),
        flags_(flags),
        scratch_(*scratch),
        result_(result) {}

  bool Run() {
    now_->count = 0;
    bool matched = false;
    const bool can_skip = !term_.anchored && !term_.first.all();
    for (size_t at = 0; at <= text_.size(); ++at) {
      if (can_skip && !matched && now_->count == 0) {
        while (at < text_.size() &&
               !term_.first[static_cast<unsigned char>(text_[at])]) {
          ++at;
        }
      }
      // A later start has lower priority, and is pointless after a match.
      if (!matched && (at == 0 || !term_.anchored)) {
        std::fill_n(scratch_.current_.begin(), term_.registers, TT_NONE);
        Add(now_, 0, at);
      }
      if (now_->count == 0) {
        if (matched || term_.anchored) {
          break;
        }
        continue;
      }
      matched = Step(at) || matched;
      std::swap(now_, next_);
    }
    return matched;
  }

 private:
  using Threads = VmScratch::Threads;

  // Moves all threads over the byte at `at`; true if one matched there.
  bool Step(size_t at) {
    const Threads& now = *now_;
    next_->count = 0;
    const size_t width = term_.registers;
    for (size_t k = 0; k < now.count; ++k) {
      const Inst& inst = term_.code[now.dense[k]];
      const uint32_t* registers = now.registers.data() + k * width;
      ++scratch_.ops;
      if (inst.op == Inst::Op::Match) {
        // Threads of lower priority are cut.
        std::copy_n(registers, width, result_.begin());
        return true;
      }
      if (inst.op == Inst::Op::Byte && at < text_.size() &&
          term_.sets[inst.arg][static_cast<unsigned char>(text_[at])]) {
        std::copy_n(registers, width, scratch_.current_.begin());
        Add(next_, inst.next, at + 1);
      }
    }
    return false;
  }

  bool Holds(Look look, size_t at) const {
    const bool before = at > 0 && IsWordByte(text_[at - 1]);
    const bool after = at < text_.size() && IsWordByte(text_[at]);
    switch (look) {
      case Look::Begin:
        return at == 0 && (flags_ & TT_AT_START) != 0;
      case Look::End:
        return at == text_.size() && (flags_ & TT_AT_END) != 0;
      case Look::WordBoundary:
        return before != after;
      case Look::NotWordBoundary:
        return before == after;
      case Look::NoDigitAhead:
        return at == text_.size() || !IsDigitByte(text_[at]);
    }
    return false;
  }

  // Adds the threads that `inst` leads to by empty moves, preferred first. The
  // registers are in current_.
  void Add(Threads* threads, uint32_t inst, size_t at) {
    std::vector<VmScratch::Frame>& stack = scratch_.stack_;
    std::vector<uint32_t>& current = scratch_.current_;
    stack.clear();
    stack.push_back({inst, false, 0, 0});
    while (!stack.empty()) {
      const VmScratch::Frame frame = stack.back();
      stack.pop_back();
      if (frame.restore) {
        current[frame.index] = frame.value;
        continue;
      }
      uint32_t pc = frame.inst;
      while (true) {
        const uint32_t place = threads->sparse[pc];
        if (place < threads->count && threads->dense[place] == pc) {
          break;  // a thread of higher priority is there already
        }
        threads->sparse[pc] = static_cast<uint32_t>(threads->count);
        threads->dense[threads->count] = pc;
        ++scratch_.ops;
        const Inst& step = term_.code[pc];
        if (step.op == Inst::Op::Byte || step.op == Inst::Op::Match) {
          std::copy_n(current.begin(), term_.registers,
                      threads->registers.begin() +
                          static_cast<std::ptrdiff_t>(threads->count *
                                                      term_.registers));
          ++threads->count;
          break;
        }
        // Empty moves are remembered too, so that loops of them end; they
        // stay in the list as threads without effect.
        ++threads->count;
        if (step.op == Inst::Op::Split) {
          stack.push_back({step.other, false, 0, 0});
        } else if (step.op == Inst::Op::Tag) {
          stack.push_back({0, true, step.arg, current[step.arg]});
          current[step.arg] = static_cast<uint32_t>(at);
        } else if (!Holds(static_cast<Look>(step.arg), at)) {
          break;
        }
        pc = step.next;
      }
    }
  }

  const Term& term_;
  std::string_view text_;
  uint32_t flags_;
  VmScratch& scratch_;
  Threads* now_ = &scratch_.now_;
  Threads* next_ = &scratch_.next_;
  std::span<uint32_t> result_;
};

bool Find(const Term& term, std::string_view text, uint32_t flags,
          VmScratch* scratch, std::span<uint32_t> registers) {
  return Pike(term, text, flags, scratch, registers).Run();
}

namespace {

int32_t FindByIndex(const tt_matcher* matcher, void* scratch, uint32_t term,
                    const uint8_t* text, uint32_t size, uint32_t flags,
                    uint32_t* registers) {
  const auto* program = static_cast<const Program*>(matcher->context);
  const Term& found = program->terms[term];
  return Find(found, {reinterpret_cast<const char*>(text), size}, flags,
              static_cast<VmScratch*>(scratch), {registers, found.registers})
             ? 1
             : 0;
}

int32_t TestByIndex(const tt_matcher* matcher, uint32_t predicate,
                    const tt_value* slots) {
  const auto* program = static_cast<const Program*>(matcher->context);
  return Evaluate(program->predicates[predicate], slots) ? 1 : 0;
}

}  // namespace

tt_matcher MakeMatcher(const Program& program) {
  tt_matcher matcher{};
  matcher.magic = TT_MATCHER_MAGIC;
  matcher.abi_version = TT_ABI_VERSION;
  matcher.struct_size = sizeof(tt_matcher);
  matcher.term_count = static_cast<uint32_t>(program.terms.size());
  matcher.predicate_count = static_cast<uint32_t>(program.predicates.size());
  matcher.context = &program;
  matcher.find = FindByIndex;
  matcher.test = TestByIndex;
  return matcher;
}

}  // namespace telltale::vm
