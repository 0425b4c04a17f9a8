#include "runtime/vm/dfa_table.h"

#include "runtime/abi/matcher.h"

namespace telltale::vm {

namespace {

void Do(const DfaTableView& table, uint32_t begin, uint32_t end,
        uint32_t position, const uint32_t* from, uint32_t* to) {
  for (uint32_t k = begin; k < end; ++k) {
    const DfaTable::Op& op = table.ops[k];
    switch (op.kind) {
      case DfaTable::Op::Kind::Copy:
        to[op.to] = from[op.from];
        break;
      case DfaTable::Op::Kind::Position:
        to[op.to] = position;
        break;
      case DfaTable::Op::Kind::None:
        to[op.to] = TT_NONE;
        break;
    }
  }
}

}  // namespace

bool Find(const DfaTableView& table, const uint8_t* text, uint32_t size,
          uint32_t flags, uint32_t* registers) {
  // Every register is written before it is read.
  constexpr uint32_t kFew = 512;
  std::array<uint32_t, kFew> few;  // NOLINT: not initialised on purpose
  std::vector<uint32_t> many;
  uint32_t* working = few.data();
  if (table.registers > kFew) {
    many.resize(table.registers);
    working = many.data();
  }
  const uint32_t end =
      (flags & TT_AT_END) != 0 ? table.message_end : table.window_end;
  uint32_t state =
      (flags & TT_AT_START) != 0 ? table.start : table.start_inside;
  bool matched = false;
  for (uint32_t at = 0; state != 0; ++at) {
    const uint32_t symbol = at < size ? table.byte_class[text[at]] : end;
    state = table.cells[state + symbol];
    if ((state & DfaTable::kMove) != 0) {
      const DfaTable::Move& move = table.moves[state & ~DfaTable::kMove];
      if (move.accepts != 0) {
        matched = true;
        Do(table, move.accept_begin, move.accept_end, at, working, registers);
      }
      Do(table, move.moves_begin, move.moves_end, at, working, working);
      state = move.next;
    }
  }
  return matched;
}

bool Find(const DfaTable& table, const uint8_t* text, uint32_t size,
          uint32_t flags, uint32_t* registers) {
  const DfaTableView view = {table.byte_class.data(), table.window_end,
                             table.message_end,       table.start,
                             table.start_inside,      table.registers,
                             table.cells.data(),      table.moves.data(),
                             table.ops.data()};
  return Find(view, text, size, flags, registers);
}

}  // namespace telltale::vm
