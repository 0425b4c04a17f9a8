// Typed values: what a hole's text means. A hole's type is a regular language
// plus a total function, so text that matched always has a value; conversions
// saturate instead of failing.
//
// Representation by type:
//   Int                      i: the number
//   Hex                      i: the bits, compared as unsigned
//   Bytes                    i: bytes
//   Duration                 i: nanoseconds
//   Time                     i: nanoseconds since 1970-01-01 UTC
//   Version                  i: packed so that < on it is < on versions
//   Bool                     i: 0 or 1
//   Node                     i: index into Program::nodes
//   Float, Percent           f (5 % is 0.05)
//   Ip Pci Path Word Text Enum   text: the slice as it stood in the record
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace telltale::vm {

enum class Type : uint8_t {
  Error,  // of a mistake that was already reported; silences the rest
  Int,
  Hex,
  Float,
  Bytes,
  Duration,
  Time,
  Percent,
  Ip,
  Pci,
  Path,
  Version,
  Word,
  Text,
  Enum,
  Bool,
  Node,
};

enum class Rep : uint8_t { Int, Unsigned, Float, Text };

constexpr Rep RepOf(Type type) {
  switch (type) {
    case Type::Hex:
      return Rep::Unsigned;
    case Type::Float:
    case Type::Percent:
      return Rep::Float;
    case Type::Ip:
    case Type::Pci:
    case Type::Path:
    case Type::Word:
    case Type::Text:
    case Type::Enum:
    case Type::Error:
      return Rep::Text;
    case Type::Int:
    case Type::Bytes:
    case Type::Duration:
    case Type::Time:
    case Type::Version:
    case Type::Bool:
    case Type::Node:
      return Rep::Int;
  }
  return Rep::Text;
}

// The name of a type in rule files (`bytes`), and back.
std::string_view TypeName(Type type);
std::optional<Type> TypeNamed(std::string_view name);

struct Value {
  Type type = Type::Text;
  bool present = false;
  int64_t i = 0;
  double f = 0;
  std::string_view text;  // owned by the record, or by whoever holds the event

  [[nodiscard]] Rep rep() const { return RepOf(type); }
};

// The value of `text`, which matched the language of `type`. Total: text of
// another shape gives the value of its longest sensible prefix, or zero.
Value ParseValue(Type type, std::string_view text);

// As a report prints it: `2.00 GiB`, `10m`, `2026-07-30T03:36:29Z`, `5 %`.
std::string ToText(const Value& value);

// As a part of a key, or as the key of a table: equal values of one type give
// equal texts.
std::string KeyText(const Value& value);

// Equality within one type (used by keys and joins).
bool SameValue(const Value& a, const Value& b);

// Three-way comparison of two values of one representation: <0, 0, >0.
int CompareValues(const Value& a, const Value& b);

// Packs up to four numbers, each clamped to 32767; `rc`, `b`, `a`, `dev` sort
// before the release; a leading `v` and a `+local` tail are ignored.
int64_t PackVersion(std::string_view text);

// ------------------------------------------------------------------- time

struct TimeStamp {
  int64_t nanoseconds = 0;  // since 1970-01-01 UTC
  bool has_date = true;     // false: time of day only
  bool has_year = true;     // false: syslog, glog
  bool has_zone = true;     // false: taken as UTC
  bool since_boot = false;  // dmesg's [  123.456789]; a clock of its own
};

// Reads the stamps that logs use: ISO 8601 (T or blank, `,` or `.` fractions,
// Z or offset), `Jul 30 03:36:29`, `Thu Jul 30 03:36:29 2026`,
// `0730 03:36:29.123456` (glog), `07-30 03:36:29` (vLLM),
// `07/30/2026-03:36:29`, `30/Jul/2026:03:36:29 +0000`, seconds or milliseconds
// since the epoch. A missing year is 1970 for the caller to mend.
std::optional<TimeStamp> ParseTime(std::string_view text);

std::string FormatTime(int64_t nanoseconds);  // ISO 8601, UTC

}  // namespace telltale::vm
