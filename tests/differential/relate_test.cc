// Containment and common texts of random patterns, against the oracle on every
// text of up to four bytes over the small alphabet: an answer must fit all of
// them, and a witness must be a shortest one.
#include "compiler/automata/relate.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "compiler/automata/thompson.h"
#include "runtime/abi/matcher.h"
#include "tests/support/generate.h"
#include "tests/support/oracle.h"

namespace telltale::testing {
namespace {

using automata::Answer;
using automata::Language;
using automata::Relation;

constexpr size_t kLongest = 4;
constexpr uint64_t kMaxSize = 40;

// In order of length.
std::vector<std::string> AllTexts() {
  std::vector<std::string> texts = {""};
  for (size_t k = 0; texts[k].size() < kLongest; ++k) {
    for (const char byte : kSmallAlphabet) {
      texts.push_back(texts[k] + byte);
    }
  }
  return texts;
}

bool IsIn(const pattern::Node& node, Language::Mode mode,
          std::string_view text) {
  const bool whole = mode == Language::Mode::Whole;
  const pattern::Node wanted =
      whole ? pattern::Cat({pattern::LookAt(vm::Look::Begin), node,
                            pattern::LookAt(vm::Look::End)})
            : node;
  return FindByBacktracking(wanted, text, TT_AT_START | TT_AT_END).has_value();
}

struct Side {
  pattern::Node node;
  vm::Term term;
  Language::Mode mode = Language::Mode::Search;
};

Side RandomSide(Random* random) {
  Side side;
  do {
    side.node = RandomNode(random);
  } while (pattern::ExpandedSize(side.node) > kMaxSize);
  side.term = automata::BuildTerm(side.node, nullptr);
  side.mode = random->OneIn(2) ? Language::Mode::Whole : Language::Mode::Search;
  return side;
}

// `wanted`: what a witness has to be. True if `relation` agrees: `witnessed`
// says that there is one.
template <typename F>
bool Fits(const Relation& relation, Answer witnessed,
          const std::vector<std::string>& texts, const F& wanted) {
  if (relation.answer == Answer::Undecided) {
    return true;
  }
  if (relation.answer == witnessed && !wanted(relation.witness)) {
    return false;
  }
  for (const std::string& text : texts) {
    if (relation.answer == witnessed &&
        text.size() >= relation.witness.size()) {
      break;
    }
    if (wanted(text)) {
      UNSCOPED_INFO("missed   `" << text << "`");
      return false;
    }
  }
  return true;
}

TEST_CASE("random patterns relate as their texts do") {
  const uint64_t count = FromEnvironment("TELLTALE_RANDOM_CASES", 100'000) / 50;
  const uint64_t first = FromEnvironment("TELLTALE_SEED", 1);
  const std::vector<std::string> texts = AllTexts();
  size_t contained = 0;
  size_t met = 0;
  size_t undecided = 0;
  for (uint64_t seed = first; seed < first + count; ++seed) {
    Random random(seed);
    const Side a = RandomSide(&random);
    const Side b = RandomSide(&random);
    Language in_a(a.term, a.mode);
    Language in_b(b.term, b.mode);
    const Relation contains = automata::Contains(&in_b, &in_a);
    const Relation meet = automata::Meet(&in_a, &in_b);
    INFO("seed " << seed << "\na " << pattern::Dump(a.node) << "\nb "
                 << pattern::Dump(b.node) << "\ncontains `" << contains.witness
                 << "` meet `" << meet.witness << "`");
    const auto holds = [](const Side& side, std::string_view text) {
      return IsIn(side.node, side.mode, text);
    };
    REQUIRE(Fits(contains, Answer::No, texts, [&](std::string_view text) {
      return holds(a, text) && !holds(b, text);
    }));
    REQUIRE(Fits(meet, Answer::Yes, texts, [&](std::string_view text) {
      return holds(a, text) && holds(b, text);
    }));
    contained += contains.answer == Answer::Yes ? 1 : 0;
    met += meet.answer == Answer::Yes ? 1 : 0;
    undecided +=
        contains.answer == Answer::Undecided || meet.answer == Answer::Undecided
            ? 1
            : 0;
  }
  WARN(count << " pairs: " << contained << " contained, " << met << " met, "
             << undecided << " undecided");
  // The generator is worth nothing if all answers are alike.
  CHECK(contained * 20 > count);
  CHECK(met * 4 > count);
  CHECK(undecided * 50 < count);
}

}  // namespace
}  // namespace telltale::testing
