#include "compiler/automata/thompson.h"

#include <catch2/catch.hpp>

#include "dsl/pattern/parse_regex.h"
#include "runtime/vm/limits.h"
#include "runtime/vm/verify.h"

namespace telltale::automata {
namespace {

using pattern::Node;

Node Parsed(std::string_view regex) {
  DiagSink diags;
  Node node = pattern::ParseRegex(regex, {}, false, diags);
  REQUIRE_FALSE(diags.has_errors());
  return node;
}

vm::Term Built(std::string_view regex) {
  return BuildTerm(Parsed(regex), nullptr);
}

TEST_CASE("a term is listed one instruction a line") {
  CHECK(Dump(Built("^ab*")) ==
        "   0  tag 0 -> 6\n"
        "   1  match\n"
        "   2  tag 1 -> 1\n"
        "   3  split 4, 2\n"
        "   4  byte b -> 3\n"
        "   5  byte a -> 3\n"
        "   6  assert begin -> 5\n");
}

TEST_CASE("only what must begin at the start is anchored") {
  CHECK(Built("^a").anchored);
  CHECK(Built("(?:^a|^b)").anchored);
  CHECK(Built(R"(\b^a)").anchored);
  CHECK_FALSE(Built("^a|b").anchored);
  CHECK_FALSE(Built("a^").anchored);
  CHECK_FALSE(Built("(?:^a)?b").anchored);
}

TEST_CASE("each written capture has one pair, whatever repeats it") {
  const Node inner = pattern::Capture(Parsed("a"), 4);
  const Node node =
      pattern::Alt({pattern::Repeat(inner, 3, 5, true), inner, Parsed("b")});
  std::vector<CaptureRegisters> captures;
  const vm::Term term = BuildTerm(node, &captures);
  REQUIRE(captures.size() == 2);
  CHECK(captures[0].capture == 4);
  CHECK(captures[0].begin_register == 2);
  CHECK(captures[1].capture == 4);
  CHECK(captures[1].begin_register == 4);
  CHECK(term.registers == 6);
  CHECK(BuildTerm(node, nullptr).registers == 2);
}

TEST_CASE("a pattern over the limit ends, and is refused") {
  Node node = Parsed("ab");
  for (int k = 0; k < 8; ++k) {
    node = pattern::Repeat(std::move(node), 1000, 1000, true);
  }
  CHECK(pattern::ExpandedSize(node) > vm::kMaxTermCode);
  vm::Program program;
  program.terms.push_back(BuildTerm(node, nullptr));
  CHECK(program.terms[0].code.size() < 2 * vm::kMaxTermCode);
  CHECK_FALSE(vm::Verify(program).has_value());
}

TEST_CASE("first bytes are those a match can begin with") {
  CHECK(Built("[ab]c").first.count() == 2);
  CHECK(Built("a?c").first.count() == 2);
  CHECK(Built("a?").first.all());
}

}  // namespace
}  // namespace telltale::automata
