#include "dsl/pattern/parse_regex.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/support/generate.h"
#include "tests/support/oracle.h"

namespace telltale::pattern {
namespace {

std::string Parsed(std::string_view regex, bool fold = false) {
  DiagSink diags;
  const Node node = ParseRegex(regex, {}, fold, diags);
  return diags.has_errors() ? "error" : Dump(node);
}

TEST_CASE("a regex means what its normal form shows") {
  struct Case {
    std::string_view regex;
    std::string_view dump;
  };
  const std::vector<Case> cases = {
      {"", ""},
      {"abc", "abc"},
      {"a|b|", "(?:a|b|)"},
      {"(a)(?:b)", "ab"},
      {"(?:a|(b|c))", "(?:a|b|c)"},
      {"a*b+?c??", "a*b+?c??"},
      {"a{3}b{2,}c{0,4}?", "a{3,3}b{2,}c{0,4}?"},
      {"(?:ab){1,1}", "ab"},
      {"a{0}b", "b"},
      {"^a$", "^a$"},
      {R"(\bx\B)", R"(\bx\B)"},
      {R"(\d\w)", "[0-9][0-9A-Z_a-z]"},
      {R"([^\d])", "[^0-9]"},
      {R"(\S)", R"([^\x09-\x0d ])"},
      {"[a-cx]", "[a-cx]"},
      {"[]a]", R"([\]a])"},
      {"[a-]", R"([\-a])"},
      {R"([\-\]\x41])", R"([\-A\]])"},
      {R"(\.\/\x00\0\t)", R"(\.\/\x00\x00\x09)"},
      {"[a]", "a"},
      {"(?i:Gpu)s", "(?i:Gpu)s"},
      {"(?i:[a-c1])", "[1A-Ca-c]"},
      {"(?i:12)", "12"},
      {"\xc3\xa9+", R"((?:\xc3\xa9)+)"},
      {"{x}", R"(\{x\})"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.regex);
    CHECK(Parsed(one.regex) == one.dump);
  }
  CHECK(Parsed("[a]b", true) == "[Aa](?i:b)");
}

TEST_CASE("each mistake has its code, its place and a way out") {
  struct Case {
    std::string_view regex;
    std::string_view code;
    uint32_t begin;
    uint32_t end;
  };
  const std::vector<Case> cases = {
      {"a)", "E210", 1, 2},
      {"(a", "E210", 0, 1},
      {"x[a", "E210", 1, 2},
      {"x[z-a]", "E210", 2, 5},
      {R"(x[a-\d])", "E210", 2, 6},
      {"[[:alpha:]]", "E210", 1, 3},
      {"[\xc3\xa9]", "E210", 1, 3},
      {"*a", "E210", 0, 1},
      {"a|+", "E210", 2, 3},
      {"x^*", "E210", 1, 3},
      {"a**", "E210", 2, 3},
      {"a{x}", "E210", 1, 2},
      {"a{2,", "E210", 1, 4},
      {"a{3,2}", "E210", 1, 6},
      {"(?<n>a)", "E210", 0, 3},
      {"(?s:a)", "E210", 0, 3},
      {"a\\", "E210", 1, 2},
      {R"((a)\1)", "E211", 3, 5},
      {"a(?=b)", "E212", 1, 4},
      {"(?!b)", "E212", 0, 3},
      {"(?<=b)", "E212", 0, 4},
      {R"(a\q)", "E213", 1, 3},
      {R"([\y])", "E213", 1, 3},
      {R"(\x4)", "E213", 0, 2},
      {"\\\xc3\xa9", "E213", 0, 3},
      {"ab++", "E214", 2, 4},
      {"a{2,3}+", "E214", 1, 7},
      {"a{1001}", "E215", 1, 7},
      {"a{2,5000}", "E215", 1, 9},
      {"(?:a{1000}){11}", "E216", 0, 15},
      {"(?:(?:(?:a{99}){99}){99}){99}", "E216", 0, 29},
  };
  for (const Case& one : cases) {
    CAPTURE(one.regex);
    DiagSink diags;
    const Node node = ParseRegex(one.regex, {100, 200}, false, diags);
    CHECK(node == Nothing());
    const std::vector<Diagnostic> found = diags.TakeSorted();
    REQUIRE(found.size() == 1);
    CHECK(found[0].code == one.code);
    CHECK(found[0].span.begin - 100 == one.begin);
    CHECK(found[0].span.end - 100 == one.end);
    CHECK(found[0].helps.size() == 1);
  }
}

TEST_CASE("nesting is bounded") {
  const std::string open(65, '(');
  const std::string close(65, ')');
  CHECK(Parsed(open.substr(1) + "a" + close.substr(1)) == "a");
  CHECK(Parsed(open + "a" + close) == "error");
  CHECK(Parsed(std::string(100'000, '(')) == "error");
}

TEST_CASE("nested repeats of what may be empty count as what they become") {
  std::string regex = "a*";
  for (int k = 0; k < 20; ++k) {
    regex = "(?:" + regex + "b*)*";
  }
  CHECK(Parsed(regex) == "error");
}

TEST_CASE("what Dump writes, ParseRegex reads back") {
  size_t read = 0;
  for (uint64_t seed = 1; seed <= 5'000; ++seed) {
    testing::Random random(seed);
    const Node node = testing::RandomNode(&random);
    const std::string dump = Dump(node);
    // Captures, lookahead and `[]` are no regex.
    if (dump.find("(<") != std::string::npos ||
        dump.find("(?!") != std::string::npos ||
        dump.find("[]") != std::string::npos ||
        ExpandedSize(node) > kMaxExpanded) {
      continue;
    }
    ++read;
    CAPTURE(seed, dump);
    DiagSink diags;
    const Node again = ParseRegex(dump, {}, false, diags);
    CHECK_FALSE(diags.has_errors());
    for (int k = 0; k < 5; ++k) {
      const std::string line = testing::RandomLine(&random);
      CAPTURE(line);
      CHECK(testing::FindByBacktracking(node, line, 3) ==
            testing::FindByBacktracking(again, line, 3));
    }
  }
  CHECK(read > 1'000);
}

}  // namespace
}  // namespace telltale::pattern
