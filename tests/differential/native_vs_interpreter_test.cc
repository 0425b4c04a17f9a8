// Machine code, made in memory or ahead of time, and tables find what the
// interpreter finds: match, registers and truth, on random patterns, lines and
// predicates. Lines end where the memory does, so a read beyond them is a
// crash. TELLTALE_RANDOM_CASES says how many comparisons (default 100,000),
// TELLTALE_SEED where to begin; a failure prints the seed of its case.
#include <cstring>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "compiler/aot/object.h"
#include "compiler/automata/determinize.h"
#include "compiler/automata/thompson.h"
#include "compiler/jit/jit.h"
#include "runtime/native/native_code.h"
#include "runtime/vm/dfa_table.h"
#include "runtime/vm/interpret.h"
#include "runtime/vm/verify.h"
#include "tests/support/generate.h"

namespace telltale::testing {
namespace {

// A page with an unmapped one behind it.
class GuardedPage {
 public:
  GuardedPage()
      : size_(static_cast<size_t>(sysconf(_SC_PAGESIZE))),
        page_(static_cast<uint8_t*>(mmap(nullptr, 2 * size_,
                                         PROT_READ | PROT_WRITE,
                                         MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))) {
    REQUIRE(page_ != MAP_FAILED);
    REQUIRE(mprotect(page_ + size_, size_, PROT_NONE) == 0);
  }
  ~GuardedPage() { munmap(page_, 2 * size_); }
  GuardedPage(const GuardedPage&) = delete;
  GuardedPage& operator=(const GuardedPage&) = delete;

  // The text, right before the unmapped page.
  const uint8_t* Put(std::string_view text) {
    REQUIRE(text.size() <= size_);
    uint8_t* begin = page_ + size_ - text.size();
    std::memcpy(begin, text.data(), text.size());
    return begin;
  }

 private:
  size_t size_;
  uint8_t* page_;
};

std::unique_ptr<native::NativeCode> MakeAhead(const vm::Program& program) {
  const auto object = aot::EmitObject(program, {});
  REQUIRE(object.has_value());
  auto loaded = native::LoadObject(*object, program);
  INFO((loaded.has_value() ? "" : loaded.error().message));
  REQUIRE(loaded.has_value());
  return std::move(*loaded);
}

struct Patterns {
  vm::Program program;
  std::vector<uint64_t> seeds;
  std::vector<std::string> lines;  // one that often fits, per term
};

Patterns RandomPatterns(uint64_t first, size_t count) {
  constexpr uint64_t kMaxSize = 600;
  Patterns out;
  for (uint64_t seed = first; out.seeds.size() < count; ++seed) {
    Random random(seed);
    pattern::Node node;
    std::string line;
    if (seed % 2 == 0) {
      node = RandomNode(&random);
      line = RandomLine(&random);
    } else {
      TextCase one = RandomTextCase(&random);
      node = std::move(one.node);
      line = std::move(one.line);
    }
    if (pattern::ExpandedSize(node) > kMaxSize) {
      continue;
    }
    std::vector<automata::CaptureRegisters> captures;
    out.program.terms.push_back(automata::BuildTerm(node, &captures));
    out.seeds.push_back(seed);
    out.lines.push_back(std::move(line));
  }
  return out;
}

TEST_CASE("machine code and tables match what the interpreter matches") {
  const uint64_t wanted = FromEnvironment("TELLTALE_RANDOM_CASES", 100'000);
  const uint64_t first = FromEnvironment("TELLTALE_SEED", 1);
  constexpr size_t kTerms = 400;
  const Patterns patterns = RandomPatterns(first, kTerms);
  REQUIRE(vm::Verify(patterns.program).has_value());
  auto code = jit::Compile(patterns.program, {"v2", 0});
  REQUIRE(code.has_value());
  const tt_matcher& matcher = (*code)->matcher();
  const auto ahead = MakeAhead(patterns.program);
  std::vector<std::optional<vm::DfaTable>> tables;
  size_t as_code = 0;
  for (const vm::Term& term : patterns.program.terms) {
    const auto dfa = automata::Determinize(term, 4000);
    as_code += dfa.has_value() && dfa->states.size() <= 64 ? 1u : 0u;
    tables.push_back(dfa.has_value() ? std::optional(automata::Flatten(*dfa))
                                     : std::nullopt);
  }
  // Both forms of the native tier must be at work.
  CHECK(as_code > kTerms / 8);
  CHECK(as_code < kTerms);

  GuardedPage page;
  vm::VmScratch scratch(patterns.program);
  uint64_t compared = 0;
  uint64_t matched = 0;
  for (uint64_t round = 0; compared < wanted; ++round) {
    for (uint32_t k = 0; k < kTerms; ++k) {
      const vm::Term& term = patterns.program.terms[k];
      Random random(patterns.seeds[k] * 1'000'003 + round);
      std::string line = patterns.lines[k];
      if (round > 0) {  // other lines, some of them close to the one that fits
        line = random.OneIn(2) ? RandomLine(&random) : line;
        if (!line.empty() && random.OneIn(2)) {
          line[random.Below(static_cast<uint32_t>(line.size()))] =
              kSmallAlphabet[random.Below(
                  static_cast<uint32_t>(kSmallAlphabet.size()))];
        }
      }
      const uint32_t flags =
          random.OneIn(3) ? random.Below(4) : TT_AT_START | TT_AT_END;
      const uint8_t* text = page.Put(line);
      const auto size = static_cast<uint32_t>(line.size());
      std::vector<uint32_t> expected(term.registers, 7);
      std::vector<uint32_t> native(term.registers, 7);
      std::vector<uint32_t> table(term.registers, 7);
      std::vector<uint32_t> loaded(term.registers, 7);
      const bool found = vm::Find(term, line, flags, &scratch, expected);
      const bool by_code = matcher.find(&matcher, &scratch, k, text, size,
                                        flags, native.data()) != 0;
      const bool by_object =
          ahead->matcher().find(&ahead->matcher(), &scratch, k, text, size,
                                flags, loaded.data()) != 0;
      const bool by_table =
          !tables[k].has_value()
              ? found
              : vm::Find(*tables[k], text, size, flags, table.data());
      if (!tables[k].has_value() && found) {
        table = expected;
      }
      ++compared;
      matched += found ? 1u : 0u;
      const bool same =
          found == by_code && found == by_table && found == by_object &&
          (!found ||
           (expected == native && expected == table && expected == loaded));
      if (!same) {
        INFO("seed " << patterns.seeds[k] << " round " << round << " flags "
                     << flags << " line `" << line << "`");
        INFO(automata::Dump(term));
        CHECK(found == by_code);
        CHECK(found == by_table);
        CHECK(found == by_object);
        CHECK(expected == native);
        CHECK(expected == loaded);
        CHECK(expected == table);
        FAIL("they differ");
      }
    }
  }
  WARN("seeds from " << first << ": " << compared << " comparisons, " << matched
                     << " matched; " << as_code << " of " << kTerms
                     << " terms as code");
  CHECK(matched * 8 > compared);
}

// ---------------------------------------------------------------- predicates

using Op = vm::PredicateInst::Op;

constexpr uint32_t kSlots = 4;

vm::Rep RepOfSlot(uint32_t slot) {
  return slot == 0 ? vm::Rep::Int : slot == 1 ? vm::Rep::Float : vm::Rep::Text;
}

vm::Predicate RandomPredicate(Random* random) {
  constexpr Op kInts[] = {Op::AddInt,       Op::SubtractInt,
                          Op::MultiplyInt,  Op::EqualInt,
                          Op::LessInt,      Op::LessEqualInt,
                          Op::LessUnsigned, Op::LessEqualUnsigned,
                          Op::And,          Op::Or};
  constexpr Op kFloats[] = {Op::AddFloat, Op::SubtractFloat, Op::MultiplyFloat,
                            Op::DivideFloat};
  constexpr Op kFloatTests[] = {Op::EqualFloat, Op::LessFloat,
                                Op::LessEqualFloat};
  constexpr Op kTexts[] = {Op::EqualText, Op::LessText, Op::LessEqualText};
  constexpr int64_t kNumbers[] = {0, 1, -1, 7, INT64_MAX, INT64_MIN};
  constexpr double kReals[] = {0.0, 1.5, -2.25, 1e300};
  vm::Predicate out;
  out.integers.assign(std::begin(kNumbers), std::end(kNumbers));
  out.floats.assign(std::begin(kReals), std::end(kReals));
  out.texts = {"", "a", "ab"};
  const auto add = [&](Op op, uint32_t a, uint32_t b, vm::Rep rep) {
    out.code.push_back({op, a, b, rep});
  };
  const auto pick = [&](vm::Rep rep) {
    std::vector<uint32_t> of_rep;
    for (uint32_t k = 0; k < out.code.size(); ++k) {
      if (out.code[k].rep == rep) {
        of_rep.push_back(k);
      }
    }
    return of_rep[random->Below(static_cast<uint32_t>(of_rep.size()))];
  };
  for (uint32_t slot = 0; slot < kSlots; ++slot) {
    add(Op::Slot, slot, 0, RepOfSlot(slot));
  }
  add(Op::ConstInt, random->Below(6), 0, vm::Rep::Int);
  add(Op::ConstFloat, random->Below(4), 0, vm::Rep::Float);
  add(Op::ConstText, random->Below(3), 0, vm::Rep::Text);
  const uint32_t length = 1 + random->Below(12);
  for (uint32_t k = 0; k < length; ++k) {
    const vm::Rep any = RepOfSlot(random->Below(3));
    switch (random->Below(9)) {
      case 0:
        add(kFloats[random->Below(4)], pick(vm::Rep::Float),
            pick(vm::Rep::Float), vm::Rep::Float);
        break;
      case 1:
        add(kFloatTests[random->Below(3)], pick(vm::Rep::Float),
            pick(vm::Rep::Float), vm::Rep::Int);
        break;
      case 2:
        add(kTexts[random->Below(3)], pick(vm::Rep::Text), pick(vm::Rep::Text),
            vm::Rep::Int);
        break;
      case 3:
        add(Op::Coalesce, pick(any), pick(any), any);
        break;
      case 4:
        add(Op::When, pick(vm::Rep::Int), pick(any), any);
        break;
      case 5:
        add(Op::Has, pick(any), 0, vm::Rep::Int);
        break;
      case 6:
        if (random->OneIn(3)) {
          add(Op::ToFloat, pick(vm::Rep::Int), 0, vm::Rep::Float);
        } else if (random->OneIn(2)) {
          add(Op::NegateFloat, pick(vm::Rep::Float), 0, vm::Rep::Float);
        } else {
          add(random->OneIn(2) ? Op::Not : Op::NegateInt, pick(vm::Rep::Int), 0,
              vm::Rep::Int);
        }
        break;
      default:
        add(kInts[random->Below(10)], pick(vm::Rep::Int), pick(vm::Rep::Int),
            vm::Rep::Int);
        break;
    }
  }
  add(Op::Or, pick(vm::Rep::Int), pick(vm::Rep::Int), vm::Rep::Int);
  return out;
}

TEST_CASE("predicates are as true in machine code as in the interpreter") {
  const uint64_t first = FromEnvironment("TELLTALE_SEED", 1);
  constexpr uint64_t kPredicates = 300;
  constexpr uint64_t kRounds = 60;
  constexpr int64_t kNumbers[] = {0, 1, -1, 7, INT64_MAX, INT64_MIN};
  const double reals[] = {0.0, 1.5, -2.25, std::strtod("nan", nullptr)};
  const std::string_view texts[] = {"", "a", "ab", "b"};
  vm::Program program;
  for (uint64_t seed = first; seed < first + kPredicates; ++seed) {
    Random random(seed);
    program.predicates.push_back(RandomPredicate(&random));
    REQUIRE(vm::VerifyPredicate(program.predicates.back(), 0).has_value());
  }
  auto code = jit::Compile(program, {"v2", 0});
  REQUIRE(code.has_value());
  const tt_matcher& matcher = (*code)->matcher();
  const auto ahead = MakeAhead(program);
  uint64_t truths = 0;
  for (uint32_t k = 0; k < kPredicates; ++k) {
    for (uint64_t round = 0; round < kRounds; ++round) {
      Random random((first + k) * 1'000 + round);
      tt_value slots[kSlots] = {};
      for (uint32_t slot = 0; slot < kSlots; ++slot) {
        slots[slot].present = random.OneIn(4) ? 0 : 1;
        if (slots[slot].present == 0) {
          continue;  // as the scanner passes it: zero, and no text
        }
        slots[slot].i = kNumbers[random.Below(6)];
        slots[slot].f = reals[random.Below(4)];
        const std::string_view text = texts[random.Below(4)];
        slots[slot].text = reinterpret_cast<const uint8_t*>(text.data());
        slots[slot].text_size = text.size();
      }
      const bool expected = vm::Evaluate(program.predicates[k], slots);
      const bool found = matcher.test(&matcher, k, slots) != 0;
      truths += expected ? 1u : 0u;
      INFO("seed " << first + k << " round " << round);
      REQUIRE(expected == found);
      REQUIRE(expected ==
              (ahead->matcher().test(&ahead->matcher(), k, slots) != 0));
    }
  }
  CHECK(truths * 8 > kPredicates * kRounds);
}

}  // namespace
}  // namespace telltale::testing
