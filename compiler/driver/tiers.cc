#include "compiler/driver/tiers.h"

#include "compiler/aot/object.h"
#include "compiler/jit/jit.h"
#include "runtime/native/native_code.h"
#include "runtime/vm/interpret.h"

namespace telltale::driver {

namespace {

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
  Native(std::unique_ptr<jit::JitCode> code, std::string_view name)
      : code_(std::move(code)), name_(name) {}
  [[nodiscard]] const tt_matcher& matcher() const override {
    return code_->matcher();
  }
  [[nodiscard]] std::string_view name() const override { return name_; }
  [[nodiscard]] size_t compiled() const override { return code_->compiled(); }

 private:
  std::unique_ptr<jit::JitCode> code_;
  std::string_view name_;
};

class Ahead : public TierMatcher {
 public:
  explicit Ahead(std::unique_ptr<native::NativeCode> code)
      : code_(std::move(code)) {}
  [[nodiscard]] const tt_matcher& matcher() const override {
    return code_->matcher();
  }
  [[nodiscard]] std::string_view name() const override { return "aot"; }
  [[nodiscard]] size_t compiled() const override { return code_->compiled(); }

 private:
  std::unique_ptr<native::NativeCode> code_;
};

Result<std::unique_ptr<TierMatcher>> MakeNative(const vm::Program& program,
                                                jit::JitOptions options,
                                                scan::Isa isa,
                                                std::string_view name) {
  options.isa = scan::IsaName(isa);
  auto code = jit::Compile(program, options);
  if (!code.has_value()) {
    return Fail(code.error().message);
  }
  return std::make_unique<Native>(std::move(*code), name);
}

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
  return MakeNative(program, {}, isa, "jit");
}

Result<std::unique_ptr<TierMatcher>> MakeNativeForTests(
    const vm::Program& program, scan::Isa isa) {
  jit::JitOptions options;
  options.effort = jit::Effort::Quick;
  options.ahead = true;
  return MakeNative(program, options, isa, "jit");
}

Result<std::unique_ptr<TierMatcher>> MakeAhead(const vm::Program& program,
                                               scan::Isa isa) {
  aot::ObjectOptions options;
  options.isa = scan::IsaName(isa);
  const auto object = aot::EmitObject(program, options);
  if (!object.has_value()) {
    return Fail(object.error().message);
  }
  auto code = native::LoadObject(*object, program);
  if (!code.has_value()) {
    return Fail(code.error().message);
  }
  return std::make_unique<Ahead>(std::move(*code));
}

Result<std::unique_ptr<TierMatcher>> MakeMatcher(const vm::Program& program,
                                                 Tier tier, scan::Isa isa) {
  switch (tier) {
    case Tier::Interpreter:
      return MakeInterpreted(program);
    case Tier::Jit:
      return MakeNative(program, isa);
    case Tier::Auto:
      return MakeNative(program, {.patience = jit::kPatience}, isa, "auto");
  }
  return Fail("there is no such tier");
}

}  // namespace telltale::driver
