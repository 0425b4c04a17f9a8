// The language of each hole type, written as the regular expression it is.
// runtime/vm/value.cc has the total function from these texts to values.
#include <string_view>

#include "dsl/pattern/parse_regex.h"
#include "dsl/pattern/pattern.h"
#include "runtime/base/check.h"

namespace telltale::pattern {

namespace {

constexpr std::string_view kInt = R"([ \t]*[+-]?\d{1,18})";
constexpr std::string_view kHex = R"([ \t]*(?:0[xX])?[0-9a-fA-F]{1,16})";
constexpr std::string_view kFloat =
    R"([ \t]*[+-]?(?:\d{1,18}(?:\.\d{1,18})?(?:[eE][+-]?\d{1,3})?|)"
    R"(\.\d{1,18}|[nN][aA][nN]|[iI][nN][fF](?:inity)?))";
// A unit of one letter must end its word: `5 M`, not `5 Medium`.
constexpr std::string_view kBytes =
    R"([ \t]*\d{1,18}(?:\.\d{1,9})?[ \t]?(?:[kKMGTP](?:i?B|i)?|B|[bB]ytes?)\b)";
constexpr std::string_view kDuration =
    R"((?:\d{1,6}:\d\d(?::\d\d)?(?:\.\d{1,18})?|)"
    R"(\d{1,18}(?:\.\d{1,18})?[ \t]?)"
    R"((?:ms|milliseconds?|us|microseconds?|ns|nanoseconds?|s|secs?|seconds?|)"
    R"(m|mins?|minutes?|h|hrs?|hours?|d|days?))"
    // 1h30m, 2 min 5 s
    R"((?:[ \t]?\d{1,18}(?:\.\d{1,18})?[ \t]?(?:ms|milliseconds?|us|ns|s|)"
    R"(secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?))*)\b)";
constexpr std::string_view kTime =
    // 2026-07-30T03:36:29.123Z, 2026/07/30 03:36:29,123 +0200
    R"((?:\d{4}[-/]\d\d[-/]\d\d[T _-]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?)"
    R"((?:Z| ?[+-]\d\d:?\d\d)?|)"
    // Thu Jul 30 03:36:29 2026
    R"([A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,9})? \d{4}|)"
    // Jul 30 03:36:29, Jul 30 2026 03:36:29
    R"([A-Z][a-z]{2} [ \d]\d (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d{1,9})?|)"
    // 0730 03:36:29.123456
    R"(\d{4} \d\d:\d\d:\d\d\.\d{1,9}|)"
    // 07-30 03:36:29
    R"(\d\d-\d\d \d\d:\d\d:\d\d(?:[.,]\d{1,9})?|)"
    // 07/30/2026-03:36:29, 07/30/2026 03:36:29
    R"(\d\d/\d\d/\d{4}[- ]\d\d:\d\d:\d\d(?:\.\d{1,9})?|)"
    // 30/Jul/2026:03:36:29 +0000
    R"(\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d(?: [+-]\d{4})?|)"
    // seconds or milliseconds since the epoch
    R"(\d{13}|\d{10}(?:\.\d{1,9})?|)"
    // seconds since boot
    R"( {0,6}\d{1,8}\.\d{6}|)"
    R"(\d\d:\d\d:\d\d(?:[.,]\d{1,9})?))";
constexpr std::string_view kPercent =
    R"([ \t]*[+-]?\d{1,18}(?:\.\d{1,9})?[ \t]?%)";
// Version 6 in full or with `::`; a time of day is neither.
constexpr std::string_view kIp =
    R"((?:\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}|)"
    R"([0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4}){7}|)"
    R"((?:[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4}){0,6})?::)"
    R"((?:(?:[0-9a-fA-F]{1,4}:){0,5}\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}|)"
    R"([0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4}){0,6})?))";
constexpr std::string_view kPci =
    R"([0-9a-fA-F]{4,8}:[0-9a-fA-F]{2}:[0-9a-fA-F]{2}(?:\.[0-7])?)";
constexpr std::string_view kVersion =
    R"(v?\d{1,5}(?:\.\d{1,5}){0,3})"
    R"((?:[-.]?(?:rc|alpha|beta|a|b)\d{1,9})?(?:[-.](?:dev|post)\d{0,9})*)"
    R"((?:\+[A-Za-z0-9.]{1,32})?)";
// A drive, or the scheme of a store: s3://bucket/key.
constexpr std::string_view kPathStart =
    R"((?:[A-Za-z][A-Za-z0-9+.]{0,15}://|[A-Za-z]:[\\/])?)";
// What may be part of a path in running text.
constexpr std::string_view kPathByte = R"([^\s"'`,;:()\[\]<>{}|])";

Node Parsed(std::string_view regex) {
  DiagSink diags;
  Node node = ParseRegex(regex, {}, false, diags);
  TT_CHECK(!diags.has_errors(), "the languages of types are well-formed");
  return node;
}

// The number must not stop in the middle of its digits.
Node Whole(std::string_view regex) {
  return Cat({Parsed(regex), LookAt(Look::NoDigitAhead)});
}

Node Run(const ByteSet& set, bool greedy) {
  return Repeat(Class(set), 1, Node::kUnbounded, greedy);
}

}  // namespace

Node TypeLanguage(vm::Type type, bool last) {
  switch (type) {
    case vm::Type::Int:
      return Whole(kInt);
    case vm::Type::Hex:
      return Parsed(kHex);
    case vm::Type::Float:
      return Whole(kFloat);
    case vm::Type::Bytes:
      return Parsed(kBytes);
    case vm::Type::Duration:
      return Parsed(kDuration);
    case vm::Type::Time:
      return Whole(kTime);
    case vm::Type::Percent:
      return Parsed(kPercent);
    case vm::Type::Ip:
      return Whole(kIp);
    case vm::Type::Pci:
      return Parsed(kPci);
    case vm::Type::Version:
      return Whole(kVersion);
    case vm::Type::Path:
      return Cat({Parsed(kPathStart), Run(Parsed(kPathByte).set, last)});
    case vm::Type::Word:
      return Run(Parsed(R"(\S)").set, last);
    case vm::Type::Bool:
      return Parsed(R"((?:true|false|True|False|yes|no|0|1)\b)");
    case vm::Type::Text:
    case vm::Type::Enum:
    case vm::Type::Node:
    case vm::Type::Error:
      return AnyRun(last);
  }
  return AnyRun(last);
}

}  // namespace telltale::pattern
