// Determinize: a term as a DFA with registers, for the native tier. Same
// leftmost-first matches and captures as the simulation, one transition a byte.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/vm/dfa_table.h"
#include "runtime/vm/program.h"

namespace telltale::automata {

struct Dfa {
  using Op = vm::DfaTable::Op;
  // Of each list of operations all sources are read before any target is
  // written.
  struct Transition {
    uint32_t next = 0;     // kDead: nothing more can be found
    std::vector<Op> ops;   // on the working registers
    bool accepts = false;  // a match ends before this symbol
    // Copy and None into the result registers; Copy reads working registers
    // as they were before `ops`; Position is the position before the symbol.
    std::vector<Op> accept;

    auto operator<=>(const Transition&) const = default;
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

// The same as flat tables.
vm::DfaTable Flatten(const Dfa& dfa);

std::string Dump(const Dfa& dfa);

}  // namespace telltale::automata
