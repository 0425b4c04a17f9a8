// Time is linear in the text for every accepted pattern: counted in executed
// instructions at n and 2n bytes, on patterns made to be slow elsewhere.
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "compiler/automata/thompson.h"
#include "dsl/pattern/parse_regex.h"
#include "runtime/vm/interpret.h"

namespace telltale {
namespace {

struct Adversary {
  std::string regex;
  std::string unit;  // the text is made of these
};

std::string Gaps(size_t count) {
  std::string regex;
  for (size_t k = 0; k < count; ++k) {
    regex += "a.*?";
  }
  return regex + "z";
}

uint64_t Ops(const Adversary& adversary, size_t bytes) {
  DiagSink diags;
  vm::Program program;
  std::vector<automata::CaptureRegisters> captures;
  program.terms.push_back(automata::BuildTerm(
      pattern::ParseRegex(adversary.regex, {}, false, diags), &captures));
  REQUIRE_FALSE(diags.has_errors());
  std::string text;
  while (text.size() < bytes) {
    text += adversary.unit;
  }
  text.resize(bytes);
  vm::VmScratch scratch(program);
  std::vector<uint32_t> registers(program.terms[0].registers);
  vm::Find(program.terms[0], text, TT_AT_START | TT_AT_END, &scratch,
           registers);
  return scratch.ops;
}

TEST_CASE("twice the text takes at most twice the instructions") {
  const std::vector<Adversary> adversaries = {
      {"a*a*a*b", "a"},
      {"(a|aa)+b", "a"},
      {"(a*)*b", "a"},
      {"(?:a?b{0,1}?)*c", "ab"},
      {"((a|b)*?(a|ab)*)*c", "ab"},
      {Gaps(20), "a"},
      {"(?:(?:a{1,10}){1,10}){1,5}b", "a"},
      {"a{50}a{50}b", "a"},
      {"(x+x+)+y", "x"},
      {"\\w+\\s*=\\s*\\w+;", "word "},
      {"^(([a-z])+.)+[A-Z]([a-z])+$", "a"},
      {".*.*.*=.*", "x"},
  };
  for (const Adversary& adversary : adversaries) {
    const uint64_t once = Ops(adversary, 2'000);
    const uint64_t twice = Ops(adversary, 4'000);
    CAPTURE(adversary.regex, once, twice);
    CHECK(once >= 2'000);  // it did read the text
    CHECK(static_cast<double>(twice) < 2.2 * static_cast<double>(once));
  }
}

TEST_CASE("an anchored term stops where no thread is left") {
  CHECK(Ops({"^b+c", "a"}, 100'000) < 100);
}

TEST_CASE("bytes that cannot begin a match are skipped") {
  CHECK(Ops({"needle", "hay "}, 100'000) < 100);
}

}  // namespace
}  // namespace telltale
