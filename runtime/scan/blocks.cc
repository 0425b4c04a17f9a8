#include "runtime/scan/blocks.h"

#include <algorithm>

namespace telltale::scan {

namespace {

constexpr uint32_t kWhole = TT_AT_START | TT_AT_END;

}  // namespace

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(" \t") == std::string_view::npos;
}

bool TiesBlocks(const Engine& engine, const vm::Block& block,
                std::string_view message, Scratch* scratch) {
  Match match;
  return std::any_of(
      block.chains.begin(), block.chains.end(), [&](vm::TermId chain) {
        return engine.Find(chain, message, kWhole, scratch, &match);
      });
}

bool OpensBlock(const Engine& engine, const vm::Block& block,
                std::string_view message, Scratch* scratch) {
  Match match;
  return engine.Find(block.open, message, kWhole, scratch, &match);
}

Part PartOf(const Engine& engine, const vm::Block& block,
            std::string_view message, Scratch* scratch) {
  Match match;
  if (IsBlank(message)) {
    return Part::Empty;
  }
  for (const vm::TermId close : block.closes) {
    if (engine.Find(close, message, kWhole, scratch, &match)) {
      return Part::Close;
    }
  }
  for (const vm::TermId body : block.bodies) {
    if (engine.Find(body, message, kWhole, scratch, &match)) {
      return Part::Body;
    }
  }
  if (OpensBlock(engine, block, message, scratch)) {
    return Part::Open;
  }
  return Part::Stray;
}

}  // namespace telltale::scan
