// Result<T>: how an operation on the world reports that it failed (a missing
// file, a truncated archive, a stale object). The message names the thing.
// Mistakes in a user's rules are diagnostics (dsl/diag), never a Result.
#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace telltale {

struct Failure {
  std::string message;
};

template <typename T>
using Result = tl::expected<T, Failure>;

inline tl::unexpected<Failure> Fail(std::string message) {
  return tl::unexpected<Failure>(Failure{std::move(message)});
}

}  // namespace telltale
