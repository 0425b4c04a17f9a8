// Tiers: the ways to run a program. All give the same results; which one runs
// is a matter of speed and of what the machine allows.
#pragma once

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
};

// `program` outlives the matcher.
std::unique_ptr<TierMatcher> MakeInterpreted(const vm::Program& program);
Result<std::unique_ptr<TierMatcher>> MakeNative(const vm::Program& program,
                                                scan::Isa isa);

// Auto: machine code when the input is large enough to pay for compiling it;
// where the machine refuses executable memory, the interpreter.
Result<std::unique_ptr<TierMatcher>> MakeMatcher(const vm::Program& program,
                                                 Tier tier, scan::Isa isa,
                                                 uint64_t input_bytes);

}  // namespace telltale::driver
