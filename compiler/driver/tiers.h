// Tiers: the ways to run a program. All give the same results; which one runs
// is a matter of speed and of what the machine allows.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include "runtime/abi/matcher.h"
#include "runtime/base/result.h"
#include "runtime/scan/isa.h"
#include "runtime/vm/program.h"

namespace telltale::driver {

enum class Tier { Auto, Interpreter, Jit };

std::optional<Tier> TierNamed(std::string_view name);

// Owns a matcher and what stands behind it.
class TierMatcher {
 public:
  virtual ~TierMatcher() = default;
  [[nodiscard]] virtual const tt_matcher& matcher() const = 0;
  [[nodiscard]] virtual std::string_view name() const = 0;
  // How many terms have left the interpreter.
  [[nodiscard]] virtual size_t compiled() const { return 0; }
};

// `program` outlives the matcher.
std::unique_ptr<TierMatcher> MakeInterpreted(const vm::Program& program);
Result<std::unique_ptr<TierMatcher>> MakeNative(const vm::Program& program,
                                                scan::Isa isa);
// All of it at once, made quickly: for examples, which run each function a few
// times.
Result<std::unique_ptr<TierMatcher>> MakeNativeForTests(
    const vm::Program& program, scan::Isa isa);

// All of it made as an object first, then loaded as if by a program without
// LLVM.
Result<std::unique_ptr<TierMatcher>> MakeAhead(const vm::Program& program,
                                               scan::Isa isa);

// Auto: the interpreter, with machine code for the terms that turn out to cost
// most; where none can be made, the interpreter alone.
Result<std::unique_ptr<TierMatcher>> MakeMatcher(const vm::Program& program,
                                                 Tier tier, scan::Isa isa);

}  // namespace telltale::driver
