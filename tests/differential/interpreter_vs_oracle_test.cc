// The interpreter finds what the oracle finds: match and captures, on random
// patterns and lines. TELLTALE_RANDOM_CASES says how many (default 100,000),
// TELLTALE_SEED where to begin; a failure prints the seed of its case.
#include <optional>
#include <string>

#include <catch2/catch.hpp>

#include "compiler/automata/thompson.h"
#include "runtime/vm/interpret.h"
#include "runtime/vm/limits.h"
#include "runtime/vm/verify.h"
#include "tests/support/generate.h"
#include "tests/support/oracle.h"

namespace telltale::testing {
namespace {

// What a thread needs for the terms of all cases.
struct Fixture {
  vm::Program program;
  std::vector<automata::CaptureRegisters> captures;
};

Fixture Built(const pattern::Node& node) {
  Fixture fixture;
  fixture.program.terms.push_back(automata::BuildTerm(node, &fixture.captures));
  return fixture;
}

std::optional<OracleMatch> FindByInterpreter(const Fixture& fixture,
                                             std::string_view text,
                                             uint32_t flags) {
  const vm::Term& term = fixture.program.terms[0];
  vm::VmScratch scratch(fixture.program);
  std::vector<uint32_t> registers(term.registers);
  if (!vm::Find(term, text, flags, &scratch, registers)) {
    return std::nullopt;
  }
  OracleMatch match{{true, registers[0], registers[1]}, {}};
  for (const automata::CaptureRegisters& capture : fixture.captures) {
    const uint32_t begin = registers[capture.begin_register];
    const uint32_t end = registers[capture.begin_register + 1];
    match.captures.push_back(end == TT_NONE ? OracleSpan{}
                                            : OracleSpan{true, begin, end});
  }
  return match;
}

std::string Shown(const std::optional<OracleMatch>& match) {
  if (!match.has_value()) {
    return "no match";
  }
  std::string out = std::to_string(match->whole.begin) + "-" +
                    std::to_string(match->whole.end);
  for (const OracleSpan& capture : match->captures) {
    out += capture.set ? " " + std::to_string(capture.begin) + "-" +
                             std::to_string(capture.end)
                       : " none";
  }
  return out;
}

struct Tally {
  uint64_t cases = 0;
  uint64_t matched = 0;
  uint64_t captured = 0;
};

// True if both agree; else says how they differ.
bool Agree(const pattern::Node& node, std::string_view line, uint32_t flags,
           Tally* tally) {
  const Fixture fixture = Built(node);
  const Result<void> verified = vm::Verify(fixture.program);
  const std::optional<OracleMatch> expected =
      FindByBacktracking(node, line, flags);
  const std::optional<OracleMatch> found =
      FindByInterpreter(fixture, line, flags);
  ++tally->cases;
  tally->matched += expected.has_value() ? 1U : 0U;
  tally->captured +=
      expected.has_value() && !expected->captures.empty() ? 1U : 0U;
  const bool small =
      fixture.program.terms[0].code.size() <= pattern::ExpandedSize(node);
  if (verified.has_value() && expected == found && small) {
    return true;
  }
  UNSCOPED_INFO("pattern  " << pattern::Dump(node));
  UNSCOPED_INFO("line     `" << line << "` flags " << flags);
  UNSCOPED_INFO("expected " << Shown(expected));
  UNSCOPED_INFO("found    " << Shown(found));
  UNSCOPED_INFO("verified "
                << (verified.has_value() ? "yes" : verified.error().message)
                << ", size bound " << (small ? "kept" : "broken"));
  UNSCOPED_INFO(automata::Dump(fixture.program.terms[0]));
  return false;
}

uint32_t RandomFlags(Random* random) {
  return random->OneIn(4) ? random->Below(4) : TT_AT_START | TT_AT_END;
}

constexpr uint64_t kMaxSize = 3'000;  // larger ones are slow, and no different

TEST_CASE("random patterns match the same on interpreter and oracle") {
  const uint64_t count = FromEnvironment("TELLTALE_RANDOM_CASES", 100'000);
  const uint64_t first = FromEnvironment("TELLTALE_SEED", 1);
  Tally tally;
  for (uint64_t seed = first; tally.cases < count; ++seed) {
    Random random(seed);
    const pattern::Node node = RandomNode(&random);
    if (pattern::ExpandedSize(node) > kMaxSize) {
      continue;
    }
    const std::string line = RandomLine(&random);
    if (!Agree(node, line, RandomFlags(&random), &tally)) {
      FAIL("seed " << seed);
    }
  }
  WARN("seeds from " << first << ": " << tally.cases << " cases, "
                     << tally.matched << " matched, " << tally.captured
                     << " with captures");
  // The generator is worth nothing if little matches.
  CHECK(tally.matched * 4 > tally.cases);
}

TEST_CASE("texts with typed holes match the same on interpreter and oracle") {
  const uint64_t count = FromEnvironment("TELLTALE_RANDOM_CASES", 100'000) / 4;
  const uint64_t first = FromEnvironment("TELLTALE_SEED", 1);
  Tally tally;
  for (uint64_t seed = first; tally.cases < count; ++seed) {
    Random random(seed);
    const TextCase one = RandomTextCase(&random);
    if (!Agree(one.node, one.line, RandomFlags(&random), &tally)) {
      FAIL("seed " << seed);
    }
  }
  WARN("seeds from " << first << ": " << tally.cases << " cases, "
                     << tally.matched << " matched, " << tally.captured
                     << " with captures");
  CHECK(tally.matched * 4 > tally.cases);
}

}  // namespace
}  // namespace telltale::testing
