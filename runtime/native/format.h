// What an object made ahead of time holds: a symbol `telltale_native` in
// read-only data, where a Header stands, then an Entry for each term, then one
// for each predicate. Written by compiler/aot, read by runtime/native. All
// numbers are little-endian; offsets are from the Header.
#pragma once

#include <cstdint>

#include "runtime/vm/dfa_table.h"

namespace telltale::native {

inline constexpr const char* kHeaderSymbol = "telltale_native";
inline constexpr uint32_t kMagic = 0x4f4e5454U;  // "TTNO"
// Counts up with every change of what stands here.
inline constexpr uint32_t kFormatVersion = 1;

struct Header {
  uint32_t magic = kMagic;
  uint32_t format_version = kFormatVersion;
  uint32_t term_count = 0;
  uint32_t predicate_count = 0;
};

struct Entry {
  enum class Kind : uint32_t {
    Absent,  // too large to be made: left to the interpreter
    Code,    // i32 find(ptr text, i32 size, i32 flags, ptr registers), or
             // i32 test(ptr slots)
    Table,   // a Table; terms only
  };
  int32_t offset = 0;
  Kind kind = Kind::Absent;
};

// A vm::DfaTable; cells, moves and operations follow, in this order.
struct Table {
  uint8_t byte_class[256] = {};
  uint32_t window_end = 0;
  uint32_t message_end = 0;
  uint32_t start = 0;
  uint32_t start_inside = 0;
  uint32_t registers = 0;
  uint32_t cells = 0;  // how many
  uint32_t moves = 0;
  uint32_t ops = 0;
};

static_assert(sizeof(Header) == 16 && sizeof(Entry) == 8);
static_assert(sizeof(Table) == 288 && sizeof(vm::DfaTable::Move) == 24 &&
              sizeof(vm::DfaTable::Op) == 12);

}  // namespace telltale::native
