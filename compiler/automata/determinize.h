// Determinize: a term as a DFA with registers, for the native tier. Same
// leftmost-first matches and captures as the simulation, one transition a byte.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/vm/program.h"

namespace telltale::automata {

struct Dfa {
  // What a transition does to the registers. All sources are read before any
  // target is written.
  struct Op {
    enum class Kind : uint8_t { Copy, Position, None };
    Kind kind = Kind::None;
    uint32_t to = 0;
    uint32_t from = 0;  // Copy

    bool operator==(const Op&) const = default;
  };
  struct Transition {
    uint32_t next = 0;     // kDead: nothing more can be found
    std::vector<Op> ops;   // on the working registers
    bool accepts = false;  // a match ends before this symbol
    // Copy and None into the result registers; Copy reads working registers
    // as they were before `ops`; Position is the position before the symbol.
    std::vector<Op> accept;

    bool operator==(const Transition&) const = default;
  };

  static constexpr uint32_t kDead = 0;

  std::array<uint16_t, 256> byte_class{};
  uint32_t classes = 0;  // symbols: the classes, then the two ends
  [[nodiscard]] uint32_t end_symbol(bool at_end) const {
    return classes + (at_end ? 1 : 0);
  }
  std::vector<std::vector<Transition>> states;  // [state][symbol]; [0] is empty
  uint32_t start = 0;                           // where the message begins here
  uint32_t start_inside = 0;                    // where it began before
  uint32_t registers = 0;                       // working ones
  uint32_t results = 0;                         // those of the term
};

// Nothing if the automaton would have more than `max_states` states or 64
// times as many operations: then the term is better interpreted.
std::optional<Dfa> Determinize(const vm::Term& term, uint32_t max_states);

// Runs the automaton; as vm::Find. The tables' own interpreter: for automata
// too large to become code, and the middle of the differential tests.
bool Run(const Dfa& dfa, const uint8_t* text, uint32_t size, uint32_t flags,
         uint32_t* registers);

std::string Dump(const Dfa& dfa);

}  // namespace telltale::automata
