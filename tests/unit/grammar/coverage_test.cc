// Every named rule of the grammar is matched by the rule files of the golden
// cases: what no case shows is a rule that nobody looks at.
#include <filesystem>
#include <set>
#include <string>
#include <string_view>

#include <catch2/catch.hpp>

#include "grammar/language.h"
#include "tests/support/case_file.h"

namespace telltale::grammar {
namespace {

using Names = std::set<std::string_view>;

// The rules that are compiled into the parser, before any has run.
Names& Compiled() {
  static Names names;
  return names;
}

// Notes which rules match. (PEGTL's own coverage lists the rules in one fold
// expression, which is deeper than clang allows for a grammar of this size.)
template <typename Rule>
struct Recorded : normal<Rule> {
  static inline const bool kListed = Compiled().insert(demangle<Rule>()).second;

  template <typename In>
  static void success(const In& /*in*/, Names& matched) {
    (void)kListed;
    matched.insert(demangle<Rule>());
  }
};

// `telltale::grammar::sig` is a rule with a name; `tok<name>` and the words of
// keywords.def, which keyword_ stands for, are not.
bool IsNamed(std::string_view rule) {
  constexpr std::string_view kHome = "telltale::grammar::";
  return rule.substr(0, kHome.size()) == kHome &&
         rule.find('<') == std::string_view::npos &&
         rule.find("::reserved_") == std::string_view::npos;
}

// Rules that are there to fail, with a message of their own.
const Names kNeverMatch = {"telltale::grammar::second_brace",
                           "telltale::grammar::stray_brace"};

// Adds the rules that match in `text`; none if it is not well formed.
void AddMatched(const std::string& text, Names* all) {
  memory_input<> in(text, "");
  Names matched;
  try {
    if (parse<file_, nothing, Recorded>(in, matched)) {
      all->merge(matched);
    }
  } catch (const parse_error&) {
    // A case about a mistake.
  }
}

TEST_CASE("every rule of the grammar is matched in a golden case") {
  Names matched;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator("tests/golden")) {
    if (entry.path().extension() != ".case") {
      continue;
    }
    const telltale::test::CaseFile file =
        telltale::test::ReadCase(entry.path().string());
    for (const telltale::test::CaseSection& section : file.sections) {
      if (section.name.ends_with(".tell")) {
        AddMatched(section.text, &matched);
      }
    }
  }
  REQUIRE(Compiled().size() > 200);
  std::string missing;
  for (const std::string_view rule : Compiled()) {
    if (IsNamed(rule) && kNeverMatch.count(rule) == 0 &&
        matched.count(rule) == 0) {
      missing += "\n" + std::string(rule);
    }
  }
  INFO("no golden case has" << missing);
  CHECK(missing.empty());
}

}  // namespace
}  // namespace telltale::grammar
