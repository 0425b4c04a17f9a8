// Regular expressions are written with ` ` for a blank and `<type>` for a hole;
// here both are spelt out. The exact languages are those of
// dsl/pattern/types.cc. What holes of numbers add there, that no digit follows,
// is implied by what follows in the pattern; only at its end it is spelt out.
#include <string>

#include "runtime/base/check.h"
#include "tests/bench/patterns.h"

namespace telltale::bench {

namespace {

struct Hole {
  std::string_view name;
  bool padded;  // blanks may stand before it
  bool whole;   // no digit may follow
  std::string_view exact;
  std::string_view plain;
};

constexpr std::string_view kBlanks = R"([ \t]*)";

constexpr Hole kHoles[] = {
    {"int", true, true, R"([+-]?\d{1,18})", R"(-?\d+)"},
    {"hex", true, false, R"((?:0[xX])?[0-9a-fA-F]{1,16})",
     R"((?:0x)?[0-9a-fA-F]+)"},
    {"float", true, true,
     R"([+-]?(?:\d{1,18}(?:\.\d{1,18})?(?:[eE][+-]?\d{1,3})?|)"
     R"(\.\d{1,18}|[nN][aA][nN]|[iI][nN][fF](?:inity)?))",
     R"(-?\d+(?:\.\d+)?)"},
    {"bytes", true, false,
     R"(\d{1,18}(?:\.\d{1,9})?[ \t]?(?:[kKMGTP](?:i?B|i)?|B|[bB]ytes?)\b)",
     R"(\d+(?:\.\d+)? [KMGT]iB)"},
    {"duration", false, false,
     R"((?:\d{1,6}:\d\d(?::\d\d)?(?:\.\d{1,9})?|)"
     R"(\d{1,18}(?:\.\d{1,9})?[ \t]?)"
     R"((?:ms|milliseconds?|us|microseconds?|ns|nanoseconds?|s|secs?|)"
     R"(seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?))"
     R"((?:[ \t]?\d{1,18}(?:\.\d{1,9})?[ \t]?(?:ms|milliseconds?|us|ns|s|)"
     R"(secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?))*)\b)",
     R"(\d+(?:\.\d+)? ?(?:ms|s|m|h|seconds|minutes))"},
    {"time", false, true,
     R"((?:\d{4}[-/]\d\d[-/]\d\d[T _-]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?)"
     R"((?:Z| ?[+-]\d\d:?\d\d)?|)"
     R"([A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,9})?)"
     R"( \d{4}|)"
     R"([A-Z][a-z]{2} [ \d]\d (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d{1,9})?|)"
     R"(\d{4} \d\d:\d\d:\d\d\.\d{1,9}|)"
     R"(\d\d-\d\d \d\d:\d\d:\d\d(?:[.,]\d{1,9})?|)"
     R"(\d\d/\d\d/\d{4}[- ]\d\d:\d\d:\d\d(?:\.\d{1,9})?|)"
     R"(\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d(?: [+-]\d{4})?|)"
     R"(\d{13}|\d{10}(?:\.\d{1,9})?|)"
     R"( {0,6}\d{1,8}\.\d{6}|)"
     R"(\d\d:\d\d:\d\d(?:[.,]\d{1,9})?))",
     R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)"},
    {"percent", true, false, R"([+-]?\d{1,18}(?:\.\d{1,9})?[ \t]?%)",
     R"(\d+(?:\.\d+)?%)"},
    {"ip", false, true,
     R"((?:\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}|)"
     R"([0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4}){7}|)"
     R"((?:[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4}){0,6})?::)"
     R"((?:(?:[0-9a-fA-F]{1,4}:){0,5}\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}|)"
     R"([0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4}){0,6})?))",
     R"(\d+\.\d+\.\d+\.\d+)"},
    {"pci", false, false,
     R"([0-9a-fA-F]{4,8}:[0-9a-fA-F]{2}:[0-9a-fA-F]{2}(?:\.[0-7])?)",
     R"([0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}(?:\.\d)?)"},
    {"version", false, true,
     R"(v?\d{1,5}(?:\.\d{1,5}){0,3})"
     R"((?:[-.]?(?:rc|alpha|beta|a|b)\d{1,9})?(?:[-.](?:dev|post)\d{0,9})*)"
     R"((?:\+[A-Za-z0-9.]{1,32})?)",
     R"(\d+(?:\.\d+)*)"},
    {"path", false, false,
     R"((?:[A-Za-z][A-Za-z0-9+.]{0,15}://|[A-Za-z]:[\\/])?)"
     R"([^\s"'`,;:()\[\]<>{}|]+)",
     R"([^\s:]+)"},
    {"pathbyte", false, false, R"([^\s"'`,;:()\[\]<>{}|])", R"(\S)"},
};

const Hole* HoleAt(std::string_view regex, size_t at) {
  for (const Hole& hole : kHoles) {
    if (regex.substr(at + 1).starts_with(hole.name) &&
        regex.substr(at + 1 + hole.name.size()).starts_with('>')) {
      return &hole;
    }
  }
  return nullptr;
}

}  // namespace

std::string RegexOf(const Pattern& pattern, Wording wording) {
  const bool exact = wording == Wording::Exact;
  const std::string_view regex = pattern.regex;
  std::string out;
  bool after_blank = false;
  for (size_t at = 0; at < regex.size(); ++at) {
    const Hole* hole = regex[at] == '<' ? HoleAt(regex, at) : nullptr;
    if (hole != nullptr) {
      at += hole->name.size() + 1;
      // A run of blanks before it holds the padding already.
      if (exact && hole->padded && !after_blank) {
        out += kBlanks;
      }
      out += exact ? hole->exact : hole->plain;
      if (exact && hole->whole && at + 1 == regex.size()) {
        TT_CHECK(hole->name == "int", "no shorter whole number ends elsewhere");
        out += R"((?:[^\d\n]|$))";
      }
    } else if (regex[at] == ' ' && exact) {
      out += R"([ \t]+)";
    } else {
      out.push_back(regex[at]);
    }
    after_blank = regex[at] == ' ';
  }
  return out;
}

}  // namespace telltale::bench
