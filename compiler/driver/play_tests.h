// Internal: plays the `test` blocks of the rules: lines with a clock of their
// own in, what came out against what was expected.
#pragma once

#include <string_view>
#include <vector>

#include "compiler/driver/pipeline.h"
#include "runtime/abi/matcher.h"

namespace telltale::driver {

class TestPlayer {
 public:
  // Adds the `gives` of all expectations to the program, so matchers are made
  // after this.
  explicit TestPlayer(Compilation* compilation);

  // A test that is not to be played.
  void Skip(size_t test) { skipped_[test] = true; }
  [[nodiscard]] bool failed(size_t test) const { return failed_[test]; }

  // A test that fails is E601, once, on the first tier it fails on.
  void PlayAll(const tt_matcher& matcher, std::string_view tier);

 private:
  Compilation& compilation_;
  std::vector<std::vector<vm::PredicateId>> gives_;  // per test and line
  std::vector<bool> failed_;
  std::vector<bool> skipped_;
};

}  // namespace telltale::driver
