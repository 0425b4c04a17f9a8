// Arena: texts and small arrays that live as long as the result of a scan.
#pragma once

#include <algorithm>
#include <memory_resource>
#include <span>
#include <string_view>
#include <type_traits>

namespace telltale {

class Arena {
 public:
  std::string_view Copy(std::string_view text) {
    const std::span<char> room = Array<char>(text.size());
    std::copy(text.begin(), text.end(), room.begin());
    return {room.data(), room.size()};
  }

  // Value-initialised.
  template <typename T>
  std::span<T> Array(size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    if (count == 0) {
      return {};
    }
    void* room = memory_.allocate(count * sizeof(T), alignof(T));
    T* first = static_cast<T*>(room);
    std::uninitialized_value_construct_n(first, count);
    return {first, count};
  }

 private:
  std::pmr::monotonic_buffer_resource memory_{4096};
};

}  // namespace telltale
