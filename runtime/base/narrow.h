// Narrow<To>(x): a conversion that must not lose anything.
#pragma once

#include <utility>

#include "runtime/base/check.h"

namespace telltale {

template <typename To, typename From>
constexpr To Narrow(From value) {
  TT_CHECK(std::in_range<To>(value), "value does not fit");
  return static_cast<To>(value);
}

}  // namespace telltale
