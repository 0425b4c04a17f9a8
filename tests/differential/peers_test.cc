// Regular expressions mean what they mean elsewhere: the place of a match is
// the one that PCRE2 and RE2 find, on all small expressions and on random ones.
// TELLTALE_RANDOM_CASES says how many random comparisons (default 100,000),
// TELLTALE_SEED where to begin.
#define PCRE2_CODE_UNIT_WIDTH 8
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <pcre2.h>
#include <re2/re2.h>

#include "compiler/automata/determinize.h"
#include "compiler/automata/thompson.h"
#include "dsl/pattern/parse_regex.h"
#include "runtime/vm/dfa_table.h"
#include "runtime/vm/interpret.h"
#include "tests/support/generate.h"

namespace telltale::testing {
namespace {

struct Place {
  size_t begin = 0;
  size_t end = 0;
  bool operator==(const Place&) const = default;
};
using Found = std::optional<Place>;

std::optional<size_t> Begin(const Found& found) {
  return found.has_value() ? std::optional(found->begin) : std::nullopt;
}

std::string Shown(const Found& found) {
  return found.has_value()
             ? std::to_string(found->begin) + "-" + std::to_string(found->end)
             : "no match";
}

class Ours {
 public:
  explicit Ours(const std::string& regex) {
    DiagSink diags;
    const pattern::Node node = pattern::ParseRegex(regex, {}, false, diags);
    INFO("regex " << regex);
    REQUIRE_FALSE(diags.has_errors());
    std::vector<automata::CaptureRegisters> captures;
    program_.terms.push_back(automata::BuildTerm(node, &captures));
    scratch_.emplace(program_);
    if (const auto dfa = automata::Determinize(program_.terms[0], 4000)) {
      table_.emplace(automata::Flatten(*dfa));
    }
  }

  Found Interpreted(std::string_view text) {
    std::vector<uint32_t> registers(program_.terms[0].registers);
    return vm::Find(program_.terms[0], text, kWhole, &*scratch_, registers)
               ? Found({registers[0], registers[1]})
               : std::nullopt;
  }

  // What the interpreter finds where there is no table.
  Found ByTable(std::string_view text) {
    if (!table_.has_value()) {
      return Interpreted(text);
    }
    std::vector<uint32_t> registers(program_.terms[0].registers);
    const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
    return vm::Find(*table_, bytes, static_cast<uint32_t>(text.size()), kWhole,
                    registers.data())
               ? Found({registers[0], registers[1]})
               : std::nullopt;
  }

 private:
  static constexpr uint32_t kWhole = TT_AT_START | TT_AT_END;
  vm::Program program_;
  std::optional<vm::VmScratch> scratch_;
  std::optional<vm::DfaTable> table_;
};

class Pcre2 {
 public:
  explicit Pcre2(const std::string& regex) {
    int error = 0;
    size_t offset = 0;
    code_.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(regex.data()),
                              regex.size(), 0, &error, &offset, nullptr));
    REQUIRE(code_ != nullptr);
    data_.reset(pcre2_match_data_create_from_pattern(code_.get(), nullptr));
  }

  // Nothing: it took too many steps.
  std::optional<Found> Find(std::string_view text) {
    const int count =
        pcre2_match(code_.get(), reinterpret_cast<PCRE2_SPTR>(text.data()),
                    text.size(), 0, 0, data_.get(), nullptr);
    if (count == PCRE2_ERROR_MATCHLIMIT) {
      return std::nullopt;
    }
    if (count == PCRE2_ERROR_NOMATCH) {
      return Found();
    }
    REQUIRE(count > 0);
    const size_t* span = pcre2_get_ovector_pointer(data_.get());
    return Found({span[0], span[1]});
  }

 private:
  struct FreeCode {
    void operator()(pcre2_code* code) const { pcre2_code_free(code); }
  };
  struct FreeData {
    void operator()(pcre2_match_data* data) const {
      pcre2_match_data_free(data);
    }
  };
  std::unique_ptr<pcre2_code, FreeCode> code_;
  std::unique_ptr<pcre2_match_data, FreeData> data_;
};

class Re2 {
 public:
  explicit Re2(const std::string& regex) : regex_(regex, RE2::Latin1) {
    REQUIRE(regex_.ok());
  }

  Found Find(std::string_view text) const {
    re2::StringPiece match;
    if (!regex_.Match({text.data(), text.size()}, 0, text.size(),
                      RE2::UNANCHORED, &match, 1)) {
      return std::nullopt;
    }
    const auto begin = static_cast<size_t>(match.data() - text.data());
    return Place{begin, begin + match.size()};
  }

 private:
  RE2 regex_;
};

struct Tally {
  uint64_t compared = 0;
  uint64_t matched = 0;
};

void Compare(const std::string& regex, const std::vector<std::string>& texts,
             Tally* tally) {
  Ours ours(regex);
  Pcre2 pcre2(regex);
  const Re2 re2(regex);
  for (const std::string& text : texts) {
    const Found found = ours.Interpreted(text);
    const Found table = ours.ByTable(text);
    const Found first = pcre2.Find(text).value_or(found);
    const Found second = re2.Find(text);
    ++tally->compared;
    tally->matched += found.has_value() ? 1U : 0U;
    if (found != table || found != first || Begin(found) != Begin(second)) {
      FAIL("regex `" << regex << "` text `" << text << "`: interpreter "
                     << Shown(found) << ", table " << Shown(table) << ", PCRE2 "
                     << Shown(first) << ", RE2 " << Shown(second));
    }
  }
}

// All texts over `letters` of up to `size` bytes.
std::vector<std::string> AllTexts(std::string_view letters, size_t size) {
  std::vector<std::string> texts = {""};
  for (size_t begin = 0, k = 0; k < size; ++k) {
    const size_t end = texts.size();
    for (; begin < end; ++begin) {
      for (const char letter : letters) {
        texts.push_back(texts[begin] + letter);
      }
    }
  }
  return texts;
}

// All expressions of `size` atoms and operators; [0] is empty.
std::vector<std::vector<std::string>> AllRegexes(size_t size) {
  std::vector<std::vector<std::string>> of = {{},
                                              {"a", "b", ".", "[^a]", "\\b"}};
  for (size_t n = 2; n <= size; ++n) {
    std::vector<std::string> made;
    for (const std::string& inner : of[n - 1]) {
      made.push_back("(?:" + inner + ")*");
    }
    for (size_t left = 1; left + 2 <= n; ++left) {
      for (const std::string& one : of[left]) {
        for (const std::string& other : of[n - 1 - left]) {
          made.push_back("(?:" + one + "|" + other + ")");
          made.push_back(one + other);
        }
      }
    }
    of.push_back(std::move(made));
  }
  return of;
}

TEST_CASE("all small regexes match as in PCRE2 and RE2") {
  const bool is_long = FromEnvironment("TELLTALE_LONG", 0) != 0;
  const std::vector<std::string> texts = AllTexts("ab", is_long ? 6 : 4);
  Tally tally;
  for (const auto& regexes : AllRegexes(is_long ? 6 : 5)) {
    for (const std::string& regex : regexes) {
      Compare(regex, texts, &tally);
    }
  }
  WARN(tally.compared << " comparisons, " << tally.matched << " matched");
  CHECK(tally.matched * 2 > tally.compared);
}

std::string RandomRegex(Random* random, int depth) {
  static const std::vector<std::string> atoms = {
      "a",    "b",    "A",   "c",   "1",   "_",     ".",
      "[ab]", "[^a]", "\\w", "\\d", "\\s", "[a-c]", "[^\\w]",
      "\\W",  "\\b",  "\\B", "^",   "$"};
  static const std::vector<std::string> repeats = {
      "*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,2}?", "{2,}"};
  if (depth == 0 || random->OneIn(4)) {
    return atoms[random->Below(static_cast<uint32_t>(atoms.size()))];
  }
  switch (random->Below(3)) {
    case 0:
      return "(?:" + RandomRegex(random, depth - 1) + ")" +
             repeats[random->Below(static_cast<uint32_t>(repeats.size()))];
    case 1:
      return "(?:" + RandomRegex(random, depth - 1) + "|" +
             (random->OneIn(6) ? "" : RandomRegex(random, depth - 1)) + ")";
    default:
      return RandomRegex(random, depth - 1) + RandomRegex(random, depth - 1);
  }
}

TEST_CASE("random regexes match as in PCRE2 and RE2") {
  const uint64_t wanted = FromEnvironment("TELLTALE_RANDOM_CASES", 100'000);
  constexpr size_t kTexts = 10;
  Tally tally;
  for (uint64_t seed = FromEnvironment("TELLTALE_SEED", 1);
       tally.compared < wanted; ++seed) {
    Random random(seed);
    const std::string regex = RandomRegex(&random, 4);
    std::vector<std::string> texts(kTexts);
    for (std::string& text : texts) {
      text = RandomLine(&random);
    }
    INFO("seed " << seed);
    Compare(regex, texts, &tally);
  }
  WARN(tally.compared << " comparisons, " << tally.matched << " matched");
  CHECK(tally.matched * 4 > tally.compared);
}

}  // namespace
}  // namespace telltale::testing
