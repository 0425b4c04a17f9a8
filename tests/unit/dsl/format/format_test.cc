// The layout of rule files: what is written stays, and twice is once.
#include "dsl/format/format.h"

#include <filesystem>
#include <string>

#include <catch2/catch.hpp>

#include "dsl/ast/dump.h"
#include "dsl/parse/parser.h"
#include "tests/support/case_file.h"

namespace telltale {
namespace {

struct Parsed {
  SourceMap sources;
  DiagSink diags;
  ast::File file;

  explicit Parsed(const std::string& text) {
    const SourceId id = sources.Add("a.tell", text);
    file = Parse(sources, id, diags);
  }
  [[nodiscard]] size_t comments() const {
    size_t count = 0;
    for (const ast::Token& token : file.tokens) {
      count += token.comment ? 1U : 0U;
    }
    return count;
  }
};

std::string Formatted(const std::string& text) {
  const Parsed parsed(text);
  REQUIRE(!parsed.diags.has_errors());
  return Format(parsed.sources, parsed.file);
}

// False: does not parse, and is none of the formatter's business.
bool CheckRoundTrip(const std::string& text) {
  const Parsed before(text);
  if (before.diags.has_errors()) {
    return false;
  }
  CAPTURE(text);
  const std::string once = Format(before.sources, before.file);
  const Parsed after(once);
  REQUIRE(!after.diags.has_errors());
  CHECK(ast::Dump(after.file) == ast::Dump(before.file));
  CHECK(after.comments() == before.comments());
  CHECK(Format(after.sources, after.file) == once);
  return true;
}

TEST_CASE("layout keeps the meaning, and comes to rest at once") {
  size_t checked = 0;
  for (const char* folder : {"stdlib", "examples", "tests/golden"}) {
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(folder)) {
      CAPTURE(entry.path().string());
      if (entry.path().extension() == ".tell") {
        SourceMap sources;
        const auto id = sources.Load(entry.path().string());
        REQUIRE(id.has_value());
        checked += CheckRoundTrip(std::string(sources.text(*id))) ? 1U : 0U;
      } else if (entry.path().extension() == ".case") {
        for (const auto& section :
             test::ReadCase(entry.path().string()).sections) {
          if (section.name.ends_with(".tell")) {
            checked += CheckRoundTrip(section.text) ? 1U : 0U;
          }
        }
      }
    }
  }
  CHECK(checked > 300);
}

TEST_CASE("comments stay where they are, and force no word out of its place") {
  // A comment between each two words, beside them and above.
  const std::string text =
      "use \"a\" as b with c = {1, 2}\n"
      "taxonomy t { attr r: (a|b) = \"a\" symptom { A { B \"x\" [r = \"b\"] C "
      "} "
      "} }\n"
      "source s files \"*\" line ^\"a {msg}\" | ^\"{msg}\" key rank up to 4\n"
      "block b quiet open \"x\" max 3 lines\n"
      "table t (a: int, b: text) { 1 \"x\" -2 \"y\" else \"z\" }\n"
      "sig a: A, B in b ^\"x {n:int}\"$ & !(\"y\" | @l) where -n < 3 and "
      "t[n].b ?? 1 == \"q\" or n in {1, 2} explains b, any C back 3 lines for "
      "run hit \"x 1\" gives n == 1 - 2\n"
      "rule r when x: 2+ a where x.n > mean(x.n, 3) -> no (b | c) for 3m or "
      "eof within 3m, 5 lines\n"
      "template p(x: text) sig q \"{$x}\" end\n"
      "apply p(\"a\") as k\n"
      "stage A.B from a to b by rank\n"
      "test \"t\" on s\n | line \n wait 3s\n expect a gives n == 1\n";
  const Parsed parsed(text);
  REQUIRE(CheckRoundTrip(text));
  for (size_t k = 0; k + 1 < parsed.file.tokens.size(); ++k) {
    const std::string_view token =
        parsed.sources.TextOf(parsed.file.tokens[k].span);
    if (token.starts_with("| line")) {
      continue;
    }
    const size_t at = parsed.file.tokens[k].span.end - parsed.file.span.begin;
    for (const char* comment :
         {" # beside\n", "\n# above\n", "\n\n    # one\n\n  # two\n\n"}) {
      std::string with = text;
      CHECK(CheckRoundTrip(with.insert(at, comment)));
    }
  }
}

TEST_CASE("the layout") {
  CHECK(Formatted("\n\n# head\n\n\n\nuse   \"a\"  # why\nsig a \"x\"\n"
                  "hit \"x\" gives n==-1\n   # of a\n# of b\nsig b:A,B\n"
                  "\"y\" miss \"z\"see \"u\"   note\"n\"") ==
        "# head\n\nuse \"a\"  # why\n\nsig a \"x\"\n"
        "  hit  \"x\"  gives n == -1\n  # of a\n\n# of b\nsig b: A, B\n"
        "  \"y\"\n  miss \"z\"\n  see  \"u\"\n  note \"n\"\n");
  CHECK(Formatted("source s line ^\"a\" # 1\n | \"bcd\" # 2\nprefix \"x\"") ==
        "source s\n  line   ^\"a\"   # 1\n       | \"bcd\"  # 2\n"
        "  prefix \"x\"\n");
  CHECK(Formatted("table t (a:int,b:text){1 \"x\" 20 \"y\" else \"z\"}") ==
        "table t (a: int, b: text) {\n  1     \"x\"\n  20    \"y\"\n"
        "  else  \"z\"\n}\n");
  CHECK(Formatted("taxonomy t {symptom{A{B C} D E \"e\"} outcome{F}}") ==
        "taxonomy t {\n  symptom {\n    A { B C }\n    D\n    E \"e\"\n  }\n"
        "  outcome { F }\n}\n");
  CHECK(Formatted("").empty());
  CHECK(Formatted("# only\n   # this") == "# only\n# this\n");
}

}  // namespace
}  // namespace telltale
