// Events: what a scan finds. One event per (signature, record): which, where,
// when, and the values its holes took. The texts live in the FileScan's arena.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/arena.h"
#include "runtime/input/gap.h"
#include "runtime/vm/program.h"

namespace telltale::scan {

inline constexpr int64_t kNoTime = std::numeric_limits<int64_t>::min();

// Circumstances that a reader of the verdict should know.
enum Flag : uint16_t {
  kAtEof = 1,        // decided by the end of the log
  kAtStart = 2,      // the log begins too late to be sure
  kEvicted = 4,      // state was dropped at a cap
  kNoClock = 8,      // no time was known where time was asked for
  kLongLine = 16,    // matched in a window of a record over 64 KiB
  kMixed = 32,       // in a block that several writers share
  kUnfinished = 64,  // in a block that did not close as written
};

struct Event {
  vm::EventId type;
  uint32_t file = 0;       // into the stream's files
  uint32_t run = 0;        // attempt of its file, from 0
  uint64_t line = 0;       // 1-based; lines end at \n only
  uint64_t offset = 0;     // of the record's first byte
  int64_t time = kNoTime;  // nanoseconds since 1970-01-01 UTC
  // Since the previous record of the file; kNoTime where unknown, or where no
  // rule asks.
  int64_t gap = kNoTime;
  // Its block's place in a chain of blocks, from 1; 0: in none. `chain` tells
  // chains of a file apart.
  uint32_t chain = 0;
  uint32_t link = 0;
  uint32_t links = 0;    // of the whole chain
  bool has_year = true;  // false: `time` lacks a year (mended by Timeline)
  uint16_t flags = 0;
  // The record without escapes, of a long one 4 KiB that hold the match.
  std::string_view text;
  uint32_t match = 0;  // in text: where the match begins
  // Parallel to the signature's (or block's) slots.
  std::span<const vm::Value> slots;
  // Parallel to Engine::key_fields.
  std::span<const vm::Value> keys;
};

using input::Gap;

// Where an attempt ends: its last record that is not empty.
struct RunEnd {
  uint64_t line = 0;
  uint64_t offset = 0;
  int64_t time = kNoTime;  // of the last stamp in the attempt, or before it
  bool has_year = true;
  std::string text;
};

// What one file held.
struct FileScan {
  std::string name;
  std::string source;  // the source that read it; "" for plain lines
  uint64_t bytes = 0;
  uint64_t lines = 0;
  uint32_t runs = 1;
  int64_t skew = 0;  // how far its clock may be off, in nanoseconds
  bool complete_last_line = true;
  std::vector<Event> events;  // by record
  // Records that show a value of a key for the first time in the attempt, where
  // a rule asks for all of them: events without a type. By record.
  std::vector<Event> census;
  std::vector<RunEnd> ends;      // one per attempt
  int64_t begin_time = kNoTime;  // the first stamp, if near the beginning
  uint64_t dropped_events = 0;   // over the cap
  std::unique_ptr<Arena> arena = std::make_unique<Arena>();
};

}  // namespace telltale::scan
