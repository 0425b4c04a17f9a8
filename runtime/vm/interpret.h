// The interpreter: runs the matching program without machine code. It is the
// oracle of the native tier, the first tier for small inputs, and the fallback
// where executable memory is refused.
//
// Find is Pike's simulation: all threads advance together, byte by byte, in
// order of priority, each with its registers; at most one thread per
// instruction, so time is O(instructions * bytes) whatever the text.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "runtime/abi/matcher.h"
#include "runtime/vm/program.h"

namespace telltale::vm {

// What one thread of a scan needs; made once per program.
class VmScratch {
 public:
  explicit VmScratch(const Program& program);

  // Instructions executed so far: what linear time is measured in.
  uint64_t ops = 0;

 private:
  friend class Pike;

  // A list of threads in order of priority. `dense[k]` is a thread's
  // instruction, its registers are at k * registers.
  struct Threads {
    std::vector<uint32_t> dense;
    std::vector<uint32_t> sparse;
    std::vector<uint32_t> registers;
    size_t count = 0;
  };
  struct Frame {  // of the depth-first walk over empty moves
    uint32_t inst = 0;
    bool restore = false;
    uint32_t index = 0;  // restore: which register
    uint32_t value = 0;
  };

  Threads now_;
  Threads next_;
  std::vector<Frame> stack_;
  std::vector<uint32_t> current_;  // registers of the thread being added
};

// The leftmost match of `term`, as tt_find_fn says.
bool Find(const Term& term, std::string_view text, uint32_t flags,
          VmScratch* scratch, std::span<uint32_t> registers);

// The truth of a predicate; see program.h for absent values.
bool Evaluate(const Predicate& predicate, const tt_value* slots);

// A matcher that interprets `program`, which outlives it.
tt_matcher MakeMatcher(const Program& program);

}  // namespace telltale::vm
