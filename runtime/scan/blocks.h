// Blocks: records that belong together, such as a traceback. One open block
// per key (rank, pid, ...), so that interleaved writers are kept apart.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "runtime/scan/engine.h"

namespace telltale::scan {

struct BlockLine {
  std::string text;    // the record without escapes
  size_t message = 0;  // where the message begins in `text`
  uint64_t line = 0;
  uint64_t offset = 0;
  int64_t time = 0;
  bool has_year = true;
  int64_t gap = 0;
  // Of a quiet block, should it turn out to be none: what would be matched.
  std::vector<uint32_t> wanted;
  std::vector<std::string> fields;
};

struct OpenBlock {
  vm::BlockId block;
  uint64_t sequence = 0;  // order of opening
  uint32_t run = 0;
  uint32_t depth = 1;  // opens without their close
  bool mixed = false;
  bool finished = false;  // closed as written
  size_t bytes = 0;
  bool truncated = false;  // over kMaxBlockBytes: later text not kept
  uint32_t chain = 0;      // as in Event
  uint32_t link = 0;
  std::vector<BlockLine> lines;
  std::vector<std::string> fields;  // of the opening record's header
  std::vector<bool> seen;  // per signature: a phrase of its gate occurred
};

// The last block of a key, to which a record may tie the next one.
struct Tie {
  vm::BlockId block;
  uint32_t chain = 0;
  uint32_t link = 0;
  uint64_t line = 0;  // of the block's end, or of the tying record
  bool tied = false;
};

// What a record is to an open block.
enum class Part { Close, Body, Open, Empty, Stray };

Part PartOf(const Engine& engine, const vm::Block& block,
            std::string_view message, Scratch* scratch);

bool IsBlank(std::string_view text);

bool TiesBlocks(const Engine& engine, const vm::Block& block,
                std::string_view message, Scratch* scratch);

bool OpensBlock(const Engine& engine, const vm::Block& block,
                std::string_view message, Scratch* scratch);

}  // namespace telltale::scan
