#include "compiler/driver/tiers.h"

#include "compiler/jit/jit.h"
#include "runtime/vm/interpret.h"

namespace telltale::driver {

namespace {

// Below this the interpreter is done before machine code would be ready:
// compiling the standard library takes about as long as interpreting this much.
constexpr uint64_t kWorthCompiling = 64 * 1024 * 1024;

class Interpreted : public TierMatcher {
 public:
  explicit Interpreted(const vm::Program& program)
      : matcher_(vm::MakeMatcher(program)) {}
  [[nodiscard]] const tt_matcher& matcher() const override { return matcher_; }
  [[nodiscard]] std::string_view name() const override { return "vm"; }

 private:
  tt_matcher matcher_;
};

class Native : public TierMatcher {
 public:
  explicit Native(std::unique_ptr<jit::JitCode> code)
      : code_(std::move(code)) {}
  [[nodiscard]] const tt_matcher& matcher() const override {
    return code_->matcher();
  }
  [[nodiscard]] std::string_view name() const override { return "jit"; }

 private:
  std::unique_ptr<jit::JitCode> code_;
};

}  // namespace

std::optional<Tier> TierNamed(std::string_view name) {
  if (name == "auto") {
    return Tier::Auto;
  }
  if (name == "vm") {
    return Tier::Interpreter;
  }
  return name == "jit" ? std::optional(Tier::Jit) : std::nullopt;
}

std::unique_ptr<TierMatcher> MakeInterpreted(const vm::Program& program) {
  return std::make_unique<Interpreted>(program);
}

Result<std::unique_ptr<TierMatcher>> MakeNative(const vm::Program& program,
                                                scan::Isa isa) {
  auto code = jit::Compile(program, {std::string(scan::IsaName(isa))});
  if (!code.has_value()) {
    return Fail(code.error().message);
  }
  return std::make_unique<Native>(std::move(*code));
}

Result<std::unique_ptr<TierMatcher>> MakeMatcher(const vm::Program& program,
                                                 Tier tier, scan::Isa isa,
                                                 uint64_t input_bytes) {
  const bool native = tier == Tier::Jit ||
                      (tier == Tier::Auto && input_bytes >= kWorthCompiling);
  if (!native) {
    return MakeInterpreted(program);
  }
  auto compiled = MakeNative(program, isa);
  if (!compiled.has_value() && tier == Tier::Auto) {
    return MakeInterpreted(program);
  }
  return compiled;
}

}  // namespace telltale::driver
