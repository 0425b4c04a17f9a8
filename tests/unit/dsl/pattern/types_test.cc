// What each hole type takes out of a text.
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "dsl/pattern/pattern.h"
#include "runtime/abi/matcher.h"
#include "tests/support/oracle.h"

namespace telltale::pattern {
namespace {

using vm::Type;

// The text between `before` and `after` that a hole takes, or "-".
std::string Taken(Type type, std::string before, std::string after,
                  std::string_view text) {
  const bool last = after.empty();
  std::vector<Node> parts = {Literal(std::move(before)),
                             Capture(TypeLanguage(type, last), 0),
                             Literal(std::move(after))};
  const auto match = testing::FindByBacktracking(Cat(std::move(parts)), text,
                                                 TT_AT_START | TT_AT_END);
  if (!match.has_value()) {
    return "-";
  }
  const testing::OracleSpan& span = match->captures[0];
  return std::string(text.substr(span.begin, span.end - span.begin));
}

TEST_CASE("a hole takes the whole value") {
  struct Case {
    Type type;
    std::string_view text;  // after "x="
    std::string_view taken;
  };
  const std::vector<Case> cases = {
      {Type::Int, "42,", "42"},
      {Type::Int, "-9", "-9"},
      {Type::Int, "   7", "   7"},
      {Type::Int, "12345678901234567890", "-"},
      {Type::Hex, "0x1fAg", "0x1fA"},
      {Type::Hex, "deadbeef.", "deadbeef"},
      {Type::Float, "1.5e-3s", "1.5e-3"},
      {Type::Float, ".5", ".5"},
      {Type::Float, "nan", "nan"},
      {Type::Float, "inf", "inf"},
      {Type::Float, "3 ", "3"},
      {Type::Bytes, "2.00 GiB free", "2.00 GiB"},
      {Type::Bytes, "512MB.", "512MB"},
      {Type::Bytes, "80G", "80G"},
      {Type::Bytes, "7B", "7B"},
      {Type::Bytes, "1 byte", "1 byte"},
      {Type::Bytes, "5 Medium", "-"},
      {Type::Bytes, "42", "-"},
      {Type::Duration, "52.184 seconds", "52.184 seconds"},
      {Type::Duration, "600029 ms", "600029 ms"},
      {Type::Duration, "600029 milliseconds", "600029 milliseconds"},
      {Type::Duration, "600000ms)", "600000ms"},
      {Type::Duration, "1h30m", "1h30m"},
      {Type::Duration, "00:05:12", "00:05:12"},
      {Type::Duration, "5 min later", "5 min"},
      {Type::Duration, "5 minions", "-"},
      {Type::Time, "2026-07-30T03:36:29.123Z", "2026-07-30T03:36:29.123Z"},
      {Type::Time, "2026-07-30 03:36:29,123 INFO", "2026-07-30 03:36:29,123"},
      {Type::Time, "2026-07-30T03:36:29+02:00", "2026-07-30T03:36:29+02:00"},
      {Type::Time, "Jul 30 03:36:29 host", "Jul 30 03:36:29"},
      {Type::Time, "Thu Jul 30 03:36:29 2026", "Thu Jul 30 03:36:29 2026"},
      {Type::Time, "0730 03:36:29.123456", "0730 03:36:29.123456"},
      {Type::Time, "07-30 03:36:29 [", "07-30 03:36:29"},
      {Type::Time, "07/30/2026-03:36:29", "07/30/2026-03:36:29"},
      {Type::Time, "30/Jul/2026:03:36:29 +0000", "30/Jul/2026:03:36:29 +0000"},
      {Type::Time, "1785382589.5", "1785382589.5"},
      {Type::Time, "1785382589123", "1785382589123"},
      {Type::Time, " 1234.567890]", " 1234.567890"},
      {Type::Percent, "99.5%", "99.5%"},
      {Type::Percent, "7 %", "7 %"},
      {Type::Percent, "7", "-"},
      {Type::Ip, "10.0.0.17:29500", "10.0.0.17"},
      {Type::Ip, "fe80::1%eth0", "fe80::1"},
      {Type::Ip, "::ffff:10.0.0.1", "::ffff:10.0.0.1"},
      {Type::Ip, "12:34:56", "-"},
      {Type::Pci, "0000:1b:00.0", "0000:1b:00.0"},
      {Type::Pci, "0000:1b:00,", "0000:1b:00"},
      {Type::Pci, "00000000:1B:00.0", "00000000:1B:00.0"},
      {Type::Path, "/data/a b", "/data/a"},
      {Type::Path, "/data/a.py\", line", "/data/a.py"},
      {Type::Path, "/data/x) failed", "/data/x"},
      {Type::Path, "a/b.py:12", "a/b.py"},
      {Type::Path, "s3://bucket/key,", "s3://bucket/key"},
      {Type::Version, "2.6.0+cu124 on", "2.6.0+cu124"},
      {Type::Version, "v2.1.0rc1", "v2.1.0rc1"},
      {Type::Version, "2.2.0.dev20260730+cpu", "2.2.0.dev20260730+cpu"},
      {Type::Version, "2.1abc", "2.1"},
      {Type::Bool, "True,", "True"},
      {Type::Bool, "node", "-"},
      {Type::Word, "node-17, up", "node-17,"},
      {Type::Text, "two words", "two words"},
      {Type::Text, "", ""},
  };
  for (const Case& one : cases) {
    CAPTURE(TypeName(one.type), one.text);
    CHECK(Taken(one.type, "x=", "", "x=" + std::string(one.text)) == one.taken);
  }
}

TEST_CASE("a number never stops between its digits") {
  CHECK(Taken(Type::Int, "x=", "0", "x=10") == "-");
  CHECK(Taken(Type::Float, "x=", "5", "x=1.25") == "-");
  CHECK(Taken(Type::Int, "x=", "s", "x=10s") == "10");
}

TEST_CASE("word and text are lazy before a literal, greedy at the end") {
  CHECK(Taken(Type::Text, "(", ")", "(a) b)") == "a");
  CHECK(Taken(Type::Word, "=", ",", "=a,b,") == "a");
  CHECK(Taken(Type::Text, "(", "", "(a) b)") == "a) b)");
  CHECK(Taken(Type::Word, "=", "", "=a,b c") == "a,b");
}

TEST_CASE("lengths, emptiness and evidence follow the pattern") {
  const Node node = Cat({Literal("abc"), Repeat(Literal("de"), 2, 5, true),
                         Alt({Literal("x"), Literal("yz")})});
  CHECK(LengthsOf(node).min == 8);
  CHECK(LengthsOf(node).max == 15);
  CHECK(EvidenceOf(node) == 8);
  CHECK_FALSE(MatchesEmpty(node));
  CHECK(MatchesEmpty(AnyRun(false)));
  CHECK(MatchesEmpty(LookAt(Look::Begin)));
  CHECK_FALSE(MatchesEmpty(Nothing()));
  CHECK(LengthsOf(BlankRun()).max == Node::kUnbounded);
}

}  // namespace
}  // namespace telltale::pattern
