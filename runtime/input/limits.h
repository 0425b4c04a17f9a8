// Limits on what an input may ask of us. Reaching one is reported as a Gap.
#pragma once

#include <cstddef>
#include <cstdint>

namespace telltale::input {

// Archives in archives; deeper ones are bombs, not logs.
inline constexpr int kMaxNesting = 4;
inline constexpr uint64_t kMaxMembers = 1'000'000;
// gzip cannot exceed 1,032; a member that expands more than this, after the
// first 16 MiB, is refused.
inline constexpr uint64_t kMaxRatio = 1'000;
inline constexpr uint64_t kFreeExpansion = 16 * 1024 * 1024;

inline constexpr size_t kReadBlock = 1024 * 1024;

}  // namespace telltale::input
