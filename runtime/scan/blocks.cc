#include "runtime/scan/blocks.h"

#include <algorithm>

#include "runtime/scan/evaluate.h"

namespace telltale::scan {

namespace {

bool AnyMatches(const Engine& engine, const std::vector<vm::Pattern>& patterns,
                std::string_view message, Scratch* scratch) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const vm::Pattern& pattern) {
                       return Matches(engine, pattern, message, scratch);
                     });
}

}  // namespace

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(" \t") == std::string_view::npos;
}

bool TiesBlocks(const Engine& engine, const vm::Block& block,
                std::string_view message, Scratch* scratch) {
  return AnyMatches(engine, block.chains, message, scratch);
}

bool OpensBlock(const Engine& engine, const vm::Block& block,
                std::string_view message, Scratch* scratch) {
  return Matches(engine, block.open, message, scratch);
}

Part PartOf(const Engine& engine, const vm::Block& block,
            std::string_view message, Scratch* scratch) {
  return IsBlank(message)                                     ? Part::Empty
         : AnyMatches(engine, block.closes, message, scratch) ? Part::Close
         : AnyMatches(engine, block.bodies, message, scratch) ? Part::Body
         : OpensBlock(engine, block, message, scratch)        ? Part::Open
                                                              : Part::Stray;
}

}  // namespace telltale::scan
