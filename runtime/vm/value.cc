#include "runtime/vm/value.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

#include <fmt/format.h>

namespace telltale::vm {

namespace {

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
constexpr int64_t kMin = std::numeric_limits<int64_t>::min();

constexpr std::array<std::pair<std::string_view, Type>, 16> kNames = {{
    {"int", Type::Int},
    {"hex", Type::Hex},
    {"float", Type::Float},
    {"bytes", Type::Bytes},
    {"duration", Type::Duration},
    {"time", Type::Time},
    {"percent", Type::Percent},
    {"ip", Type::Ip},
    {"pci", Type::Pci},
    {"path", Type::Path},
    {"version", Type::Version},
    {"word", Type::Word},
    {"text", Type::Text},
    {"bool", Type::Bool},
    {"enum", Type::Enum},
    {"node", Type::Node},
}};

std::string_view Trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) {
    return {};
  }
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

int64_t Rounded(double value) {
  if (std::isnan(value)) {
    return 0;
  }
  if (value >= 9.2e18) {
    return kMax;
  }
  return value <= -9.2e18 ? kMin : static_cast<int64_t>(std::llround(value));
}

int64_t ParseInt(std::string_view text) {
  text = Trimmed(text);
  if (text.starts_with('+')) {
    text.remove_prefix(1);
  }
  int64_t value = 0;
  const auto result =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec == std::errc::result_out_of_range) {
    return text.starts_with('-') ? kMin : kMax;
  }
  return value;
}

int64_t ParseHex(std::string_view text) {
  text = Trimmed(text);
  if (text.starts_with("0x") || text.starts_with("0X")) {
    text.remove_prefix(2);
  }
  uint64_t value = 0;
  const auto result =
      std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (result.ec == std::errc::result_out_of_range) {
    value = UINT64_MAX;
  }
  return static_cast<int64_t>(value);
}

// The number at the front; `used` bytes of text are it.
double ParseNumber(std::string_view text, size_t* used) {
  double value = 0;
  const bool plus = text.starts_with('+');
  const char* begin = text.data() + (plus ? 1 : 0);
  const auto result = std::from_chars(begin, text.data() + text.size(), value);
  if (result.ec == std::errc::result_out_of_range) {
    // Left as it was: too large or too small for a double, which strtod tells.
    value = std::strtod(std::string(begin, result.ptr).c_str(), nullptr);
  }
  *used = result.ec == std::errc::invalid_argument
              ? 0
              : static_cast<size_t>(result.ptr - text.data());
  return value;
}

double UnitOfBytes(std::string_view unit) {
  if (unit.empty() || unit == "B" || unit == "bytes" || unit == "Bytes") {
    return 1;
  }
  // A letter alone, and Ki, Mi, ...: binary; kB, MB, ...: decimal.
  const double base = unit.size() == 2 && unit[1] == 'B' ? 1000 : 1024;
  switch (unit[0]) {
    case 'k':
    case 'K':
      return base;
    case 'M':
      return base * base;
    case 'G':
      return base * base * base;
    case 'T':
      return base * base * base * base;
    case 'P':
      return base * base * base * base * base;
    default:
      return 1;
  }
}

int64_t ParseBytes(std::string_view text) {
  text = Trimmed(text);
  size_t used = 0;
  const double number = ParseNumber(text, &used);
  return Rounded(number * UnitOfBytes(Trimmed(text.substr(used))));
}

double UnitOfDuration(std::string_view unit) {
  if (unit == "ms" || unit.starts_with("milli")) {
    return 1e6;
  }
  if (unit == "us" || unit.starts_with("micro")) {
    return 1e3;
  }
  if (unit == "ns" || unit.starts_with("nano")) {
    return 1;
  }
  switch (unit.empty() ? 's' : unit[0]) {
    case 'm':
      return 60e9;
    case 'h':
      return 3600e9;
    case 'd':
      return 86400e9;
    default:
      return 1e9;
  }
}

int64_t ParseDuration(std::string_view text) {
  text = Trimmed(text);
  if (text.find(':') != std::string_view::npos) {  // 05:12, 00:05:12.5
    double total = 0;
    while (!text.empty()) {
      const size_t colon = text.find(':');
      size_t used = 0;
      total = total * 60 + ParseNumber(text.substr(0, colon), &used);
      text = colon == std::string_view::npos ? std::string_view()
                                             : text.substr(colon + 1);
    }
    return Rounded(total * 1e9);
  }
  double total = 0;
  while (!text.empty()) {
    size_t used = 0;
    const double number = ParseNumber(text, &used);
    if (used == 0) {
      break;
    }
    text = Trimmed(text.substr(used));
    size_t letters = 0;
    while (letters < text.size() &&
           ((text[letters] >= 'a' && text[letters] <= 'z') ||
            (text[letters] >= 'A' && text[letters] <= 'Z'))) {
      ++letters;
    }
    total += number * UnitOfDuration(text.substr(0, letters));
    text = Trimmed(text.substr(letters));
  }
  return Rounded(total);
}

std::string BytesText(int64_t bytes) {
  static constexpr std::array<std::string_view, 5> kUnits = {"B", "KiB", "MiB",
                                                             "GiB", "TiB"};
  double value = static_cast<double>(bytes);
  size_t unit = 0;
  while (value >= 1024 && unit + 1 < kUnits.size()) {
    value /= 1024;
    ++unit;
  }
  return unit == 0 ? fmt::format("{} B", bytes)
                   : fmt::format("{:.2f} {}", value, kUnits[unit]);
}

std::string DurationText(int64_t nanoseconds) {
  if (nanoseconds < 0) {
    return "-" + DurationText(nanoseconds == kMin ? kMax : -nanoseconds);
  }
  if (nanoseconds != 0 && nanoseconds < 1'000) {
    return fmt::format("{}ns", nanoseconds);
  }
  if (nanoseconds != 0 && nanoseconds < 1'000'000) {
    return fmt::format("{:g}us", static_cast<double>(nanoseconds) / 1e3);
  }
  const double seconds = static_cast<double>(nanoseconds) / 1e9;
  if (seconds < 1) {
    return fmt::format("{:g}ms", seconds * 1e3);
  }
  if (seconds < 60) {
    return fmt::format("{:g}s", seconds);
  }
  const auto whole = static_cast<int64_t>(seconds);
  std::string out;
  if (whole >= 86'400) {
    out += fmt::format("{}d", whole / 86'400);
  }
  if (whole % 86'400 >= 3'600) {
    out += fmt::format("{}h", whole % 86'400 / 3'600);
  }
  if (whole % 3'600 >= 60) {
    out += fmt::format("{}m", whole % 3'600 / 60);
  }
  if (whole % 60 != 0) {
    out += fmt::format("{}s", whole % 60);
  }
  return out;
}

std::string VersionText(int64_t packed) {
  const auto number = [&](int index) {
    return packed >> (2 + 15 * (3 - index)) & 0x7fff;
  };
  std::string out = fmt::format("{}.{}", number(0), number(1));
  if (number(2) != 0 || number(3) != 0) {
    out += fmt::format(".{}", number(2));
  }
  if (number(3) != 0) {
    out += fmt::format(".{}", number(3));
  }
  return out;
}

}  // namespace

std::string_view TypeName(Type type) {
  for (const auto& [name, named] : kNames) {
    if (named == type) {
      return name;
    }
  }
  return "error";
}

std::optional<Type> TypeNamed(std::string_view name) {
  for (const auto& [known, type] : kNames) {
    if (known == name && type != Type::Enum && type != Type::Node) {
      return type;
    }
  }
  return std::nullopt;
}

int64_t PackVersion(std::string_view text) {
  text = Trimmed(text);
  if (text.starts_with('v')) {
    text.remove_prefix(1);
  }
  text = text.substr(0, text.find('+'));
  std::array<int64_t, 4> numbers{};
  size_t count = 0;
  size_t at = 0;
  while (count < numbers.size() && at < text.size() && text[at] >= '0' &&
         text[at] <= '9') {
    int64_t n = 0;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
      n = std::min<int64_t>(n * 10 + (text[at++] - '0'), 32767);
    }
    numbers[count++] = n;
    if (at + 1 < text.size() && text[at] == '.' && text[at + 1] >= '0' &&
        text[at + 1] <= '9') {
      ++at;
    } else {
      break;
    }
  }
  std::string_view tail = text.substr(at);
  while (!tail.empty() && (tail[0] == '.' || tail[0] == '-')) {
    tail.remove_prefix(1);
  }
  const int64_t stage = tail.starts_with("rc")                             ? 2
                        : tail.starts_with("b")                            ? 1
                        : tail.starts_with("a") || tail.starts_with("dev") ? 0
                                                                           : 3;
  int64_t packed = 0;
  for (const int64_t n : numbers) {
    packed = packed << 15 | n;
  }
  return packed << 2 | stage;
}

Value ParseValue(Type type, std::string_view text) {
  Value value;
  value.type = type;
  value.present = true;
  value.text = text;
  size_t used = 0;
  switch (type) {
    case Type::Int:
      value.i = ParseInt(text);
      break;
    case Type::Hex:
      value.i = ParseHex(text);
      break;
    case Type::Float:
      value.f = ParseNumber(Trimmed(text), &used);
      break;
    case Type::Percent:
      value.f = ParseNumber(Trimmed(text), &used) / 100;
      break;
    case Type::Bytes:
      value.i = ParseBytes(text);
      break;
    case Type::Duration:
      value.i = ParseDuration(text);
      break;
    case Type::Time: {
      const auto stamp = ParseTime(text);
      value.i = stamp.has_value() ? stamp->nanoseconds : 0;
      break;
    }
    case Type::Version:
      value.i = PackVersion(text);
      break;
    case Type::Bool:
      value.i = text == "true" || text == "True" || text == "yes" || text == "1"
                    ? 1
                    : 0;
      break;
    case Type::Error:
    case Type::Ip:
    case Type::Pci:
    case Type::Path:
    case Type::Word:
    case Type::Text:
    case Type::Enum:
    case Type::Node:
      break;
  }
  return value;
}

std::string ToText(const Value& value) {
  if (!value.present) {
    return "";
  }
  switch (value.type) {
    case Type::Int:
      return std::to_string(value.i);
    case Type::Hex:
      return fmt::format("{:#x}", static_cast<uint64_t>(value.i));
    case Type::Float:
      return fmt::format("{:g}", value.f);
    case Type::Percent:
      return fmt::format("{:g} %", value.f * 100);
    case Type::Bytes:
      return BytesText(value.i);
    case Type::Duration:
      return DurationText(value.i);
    case Type::Time:
      return FormatTime(value.i);
    case Type::Version:
      return value.text.empty() ? VersionText(value.i)
                                : std::string(value.text);
    case Type::Bool:
      return value.i != 0 ? "true" : "false";
    case Type::Error:
    case Type::Ip:
    case Type::Pci:
    case Type::Path:
    case Type::Word:
    case Type::Text:
    case Type::Enum:
    case Type::Node:
      return std::string(value.text);
  }
  return "";
}

std::string KeyText(const Value& value) {
  switch (value.rep()) {
    case Rep::Int:
      return std::to_string(value.i);
    case Rep::Unsigned:
      return std::to_string(static_cast<uint64_t>(value.i));
    case Rep::Float:
      return std::to_string(value.f);
    case Rep::Text:
      return std::string(value.text);
  }
  return "";
}

bool SameValue(const Value& a, const Value& b) {
  return a.present == b.present && CompareValues(a, b) == 0;
}

int CompareValues(const Value& a, const Value& b) {
  const auto three_way = [](auto x, auto y) { return x < y ? -1 : y < x; };
  switch (a.rep()) {
    case Rep::Int:
      return three_way(a.i, b.i);
    case Rep::Unsigned:
      return three_way(static_cast<uint64_t>(a.i), static_cast<uint64_t>(b.i));
    case Rep::Float:
      return three_way(a.f, b.f);
    case Rep::Text:
      return three_way(a.text, b.text);
  }
  return 0;
}

}  // namespace telltale::vm
