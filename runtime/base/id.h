// Id<Tag>: an index into one particular vector. Ids of different vectors do
// not convert into each other.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace telltale {

template <typename Tag>
struct Id {
  static constexpr uint32_t kNone = UINT32_MAX;

  uint32_t value = kNone;

  constexpr Id() = default;
  constexpr explicit Id(size_t index) : value(static_cast<uint32_t>(index)) {}

  [[nodiscard]] constexpr bool valid() const { return value != kNone; }
  [[nodiscard]] constexpr size_t index() const { return value; }
  constexpr auto operator<=>(const Id&) const = default;
};

}  // namespace telltale

template <typename Tag>
struct std::hash<telltale::Id<Tag>> {
  size_t operator()(telltale::Id<Tag> id) const noexcept { return id.value; }
};
