// NativeCode: an object made ahead of time, at work. Needs no LLVM. Code and
// data stand in one stretch of memory, which is written first, and is then
// made executable and read-only: no page is ever both.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "runtime/abi/matcher.h"
#include "runtime/base/result.h"
#include "runtime/vm/program.h"

namespace telltale::native {

class NativeCode {
 public:
  virtual ~NativeCode() = default;
  // May be used by any number of threads.
  [[nodiscard]] virtual const tt_matcher& matcher() const = 0;
  // How many terms it holds; the others are interpreted.
  [[nodiscard]] virtual size_t compiled() const = 0;
};

// `object` was made for `program`, which passed Verify and outlives the code.
// Fails for an object that ReadObject refuses, on machines that are no x86-64,
// and where the system refuses executable memory.
Result<std::unique_ptr<NativeCode>> LoadObject(std::string_view object,
                                               const vm::Program& program);

}  // namespace telltale::native
