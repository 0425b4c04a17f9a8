// Values as bytes and back, for packs. What a struct holds is said once, in a
// list of its members (fields.h); Encoder and Decoder both walk that list, so
// they cannot drift apart. Unsigned numbers are LEB128 in their shortest form,
// signed ones zigzag before that, floats their eight bytes, texts and vectors a
// count and their parts: one value has one encoding.
//
// Bytes come from anywhere: Decoder checks every count against what is left,
// every enumerator against its last, and never reads beyond the end.
#pragma once

#include <array>
#include <bit>
#include <bitset>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "runtime/base/id.h"

namespace telltale::pack {

// `value`: an enum's last enumerator; specialised for each that is stored.
template <typename Enum>
struct LastOf;

class Encoder {
 public:
  template <typename... T>
  void operator()(const T&... values) {
    (Write(values), ...);
  }

  [[nodiscard]] std::string Take() { return std::move(out_); }

 private:
  void Number(uint64_t value) {
    for (; value >= 0x80; value >>= 7) {
      out_.push_back(static_cast<char>(value | 0x80));
    }
    out_.push_back(static_cast<char>(value));
  }

  void Write(bool value) { Number(value ? 1 : 0); }
  template <std::unsigned_integral T>
  void Write(T value) {
    Number(value);
  }
  template <std::signed_integral T>
  void Write(T value) {
    const auto wide = static_cast<int64_t>(value);
    Number((static_cast<uint64_t>(wide) << 1) ^
           static_cast<uint64_t>(wide >> 63));
  }
  template <typename T>
    requires std::is_enum_v<T>
  void Write(T value) {
    Number(static_cast<uint64_t>(value));
  }
  void Write(double value) {
    const auto bits = std::bit_cast<uint64_t>(value);
    for (int shift = 0; shift < 64; shift += 8) {
      out_.push_back(static_cast<char>(bits >> shift));
    }
  }
  void Write(const std::string& text) {
    Number(text.size());
    out_ += text;
  }
  template <typename Tag>
  void Write(Id<Tag> id) {
    Number(id.valid() ? uint64_t{id.value} + 1 : 0);
  }
  void Write(const std::bitset<256>& set) {
    for (size_t at = 0; at < 256; at += 8) {
      unsigned byte = 0;
      for (size_t bit = 0; bit < 8; ++bit) {
        byte |= set[at + bit] ? 1U << bit : 0U;
      }
      out_.push_back(static_cast<char>(byte));
    }
  }
  template <typename T, size_t N>
  void Write(const std::array<T, N>& values) {
    for (const T& value : values) {
      Write(value);
    }
  }
  template <typename T>
  void Write(const std::vector<T>& values) {
    Number(values.size());
    for (const T& value : values) {
      Write(value);
    }
  }
  template <typename T>
  void Write(const std::optional<T>& value) {
    Write(value.has_value());
    if (value.has_value()) {
      Write(*value);
    }
  }
  template <typename A, typename B>
  void Write(const std::pair<A, B>& value) {
    Write(value.first);
    Write(value.second);
  }
  template <typename T>
    requires std::is_aggregate_v<T>
  void Write(const T& value) {
    Fields(*this, value);
  }

  std::string out_;
};

class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : left_(bytes) {}

  template <typename... T>
  void operator()(T&... values) {
    (Read(values), ...);
  }

  // All was read, and nothing was amiss. After a mistake all values are empty.
  [[nodiscard]] bool done() const { return !failed_ && left_.empty(); }

 private:
  void Refuse() {
    failed_ = true;
    left_ = {};
  }

  uint64_t Number(uint64_t max) {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (left_.empty()) {
        break;
      }
      const auto byte = static_cast<uint8_t>(left_.front());
      left_.remove_prefix(1);
      const uint64_t part = byte & 0x7fU;
      if (part << shift >> shift != part || (byte == 0 && shift > 0)) {
        break;  // too large, or not the shortest form
      }
      value |= part << shift;
      if (byte < 0x80) {
        if (value > max) {
          break;
        }
        return value;
      }
    }
    Refuse();
    return 0;
  }

  // Of things that take at least a byte each.
  size_t Count() { return static_cast<size_t>(Number(left_.size())); }

  std::string_view Bytes(size_t size) {
    if (size > left_.size()) {
      Refuse();
      return {};
    }
    const std::string_view bytes = left_.substr(0, size);
    left_.remove_prefix(size);
    return bytes;
  }

  void Read(bool& value) { value = Number(1) != 0; }
  template <std::unsigned_integral T>
  void Read(T& value) {
    value = static_cast<T>(Number(std::numeric_limits<T>::max()));
  }
  template <std::signed_integral T>
  void Read(T& value) {
    using Unsigned = std::make_unsigned_t<T>;
    const uint64_t coded = Number(std::numeric_limits<Unsigned>::max());
    value = static_cast<T>(static_cast<int64_t>(coded >> 1) ^
                           -static_cast<int64_t>(coded & 1));
  }
  template <typename T>
    requires std::is_enum_v<T>
  void Read(T& value) {
    value = static_cast<T>(Number(static_cast<uint64_t>(LastOf<T>::value)));
  }
  void Read(double& value) {
    uint64_t bits = 0;
    int shift = 0;
    for (const char byte : Bytes(8)) {
      bits |= static_cast<uint64_t>(static_cast<uint8_t>(byte)) << shift;
      shift += 8;
    }
    value = std::bit_cast<double>(bits);
  }
  void Read(std::string& text) { text = Bytes(Count()); }
  template <typename Tag>
  void Read(Id<Tag>& id) {
    const uint64_t coded = Number(Id<Tag>::kNone);
    id = coded == 0 ? Id<Tag>() : Id<Tag>(static_cast<size_t>(coded - 1));
  }
  void Read(std::bitset<256>& set) {
    size_t at = 0;
    for (const char byte : Bytes(32)) {
      for (size_t bit = 0; bit < 8; ++bit) {
        set[at++] = (static_cast<uint8_t>(byte) >> bit & 1U) != 0;
      }
    }
  }
  template <typename T, size_t N>
  void Read(std::array<T, N>& values) {
    for (T& value : values) {
      Read(value);
    }
  }
  template <typename T>
  void Read(std::vector<T>& values) {
    // Grows with what is read: a count alone takes no memory. A struct's bytes
    // are at least as many as its members.
    for (size_t left = Count(); left > 0 && !failed_; --left) {
      Read(values.emplace_back());
    }
  }
  template <typename T>
  void Read(std::optional<T>& value) {
    bool has = false;
    Read(has);
    if (has) {
      Read(value.emplace());
    }
  }
  template <typename A, typename B>
  void Read(std::pair<A, B>& value) {
    Read(value.first);
    Read(value.second);
  }
  template <typename T>
    requires std::is_aggregate_v<T>
  void Read(T& value) {
    Fields(*this, value);
  }

  std::string_view left_;
  bool failed_ = false;
};

}  // namespace telltale::pack
