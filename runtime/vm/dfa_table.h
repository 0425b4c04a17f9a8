// DfaTable: a term as a flat table of a DFA with registers, for automata that
// are too large to become machine code. One lookup a byte; what moves registers
// or finds a match is kept apart from what does not. Built by
// compiler/automata; the matches are those of the interpreter.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <vector>

namespace telltale::vm {

struct DfaTable {
  struct Op {
    enum class Kind : uint32_t { Copy, Position, None };
    Kind kind = Kind::None;
    uint32_t to = 0;
    uint32_t from = 0;  // Copy

    auto operator<=>(const Op&) const = default;
  };
  // Ranges of `ops`, done one after another: `accept` into the result, then
  // `moves` of working registers.
  struct Move {
    uint32_t next = 0;
    uint32_t accept_begin = 0, accept_end = 0;
    uint32_t moves_begin = 0, moves_end = 0;
    uint32_t accepts = 0;  // 0 or 1
  };

  // In a cell: the rest is an index into `moves`, else the next state.
  static constexpr uint32_t kMove = 0x80000000u;

  std::array<uint8_t, 256> byte_class{};
  uint32_t window_end = 0;   // symbol: the window ends, the message does not
  uint32_t message_end = 0;  // symbol
  uint32_t start = 0;        // the message begins here
  uint32_t start_inside = 0;
  uint32_t registers = 0;  // working ones
  // States are named by the index of their first cell; 0: nothing more can be
  // found.
  std::vector<uint32_t> cells;
  std::vector<Move> moves;
  std::vector<Op> ops;
};

// The same where it stands in memory, whoever owns that: a table, or an object
// that was made ahead of time (runtime/native).
struct DfaTableView {
  const uint8_t* byte_class = nullptr;
  uint32_t window_end = 0;
  uint32_t message_end = 0;
  uint32_t start = 0;
  uint32_t start_inside = 0;
  uint32_t registers = 0;
  const uint32_t* cells = nullptr;
  const DfaTable::Move* moves = nullptr;
  const DfaTable::Op* ops = nullptr;
};

// As Find of runtime/vm/interpret.h.
bool Find(const DfaTableView& table, const uint8_t* text, uint32_t size,
          uint32_t flags, uint32_t* registers);
bool Find(const DfaTable& table, const uint8_t* text, uint32_t size,
          uint32_t flags, uint32_t* registers);

}  // namespace telltale::vm
