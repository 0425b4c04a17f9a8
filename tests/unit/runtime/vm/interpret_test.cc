#include "runtime/vm/interpret.h"

#include <limits>

#include <catch2/catch.hpp>

namespace telltale::vm {
namespace {

using Op = PredicateInst::Op;

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
constexpr int64_t kMin = std::numeric_limits<int64_t>::min();

// `x op y`, compared with `expected`.
bool Gives(Op op, int64_t x, int64_t y, int64_t expected) {
  Predicate predicate;
  predicate.integers = {x, y, expected};
  predicate.code = {{Op::ConstInt, 0, 0, Rep::Int},
                    {Op::ConstInt, 1, 0, Rep::Int},
                    {op, 0, 1, Rep::Int},
                    {Op::ConstInt, 2, 0, Rep::Int},
                    {Op::EqualInt, 2, 3, Rep::Int}};
  return Evaluate(predicate, nullptr);
}

TEST_CASE("integer arithmetic saturates") {
  CHECK(Gives(Op::AddInt, 2, 3, 5));
  CHECK(Gives(Op::AddInt, kMax, 1, kMax));
  CHECK(Gives(Op::AddInt, kMin, -1, kMin));
  CHECK(Gives(Op::SubtractInt, kMin, 1, kMin));
  CHECK(Gives(Op::SubtractInt, 0, kMin, kMax));
  CHECK(Gives(Op::MultiplyInt, kMax, -2, kMin));
  CHECK(Gives(Op::MultiplyInt, kMin, -1, kMax));
  CHECK(Gives(Op::NegateInt, kMin, 0, kMax));
}

TEST_CASE("a signed and an unsigned order differ above the top bit") {
  CHECK(Gives(Op::LessInt, -1, 1, 1));
  CHECK(Gives(Op::LessUnsigned, -1, 1, 0));
  CHECK(Gives(Op::LessEqualUnsigned, 1, -1, 1));
}

// Slot 0 is an absent integer that still carries a value.
bool WithAbsent(std::vector<PredicateInst> code) {
  Predicate predicate;
  predicate.integers = {7};
  predicate.code = {{Op::Slot, 0, 0, Rep::Int}, {Op::ConstInt, 0, 0, Rep::Int}};
  predicate.code.insert(predicate.code.end(), code.begin(), code.end());
  tt_value slot{};
  slot.i = 7;
  return Evaluate(predicate, &slot);
}

TEST_CASE("a comparison with an absent value is false") {
  CHECK_FALSE(WithAbsent({{Op::EqualInt, 0, 1, Rep::Int}}));
  CHECK_FALSE(WithAbsent({{Op::LessEqualInt, 0, 1, Rep::Int}}));
  CHECK_FALSE(WithAbsent(
      {{Op::AddInt, 0, 1, Rep::Int}, {Op::EqualInt, 2, 2, Rep::Int}}));
  CHECK_FALSE(WithAbsent({{Op::Has, 0, 0, Rep::Int}}));
  CHECK(WithAbsent({{Op::Has, 1, 0, Rep::Int}}));
  CHECK(
      WithAbsent({{Op::EqualInt, 0, 1, Rep::Int}, {Op::Not, 2, 0, Rep::Int}}));
  CHECK(WithAbsent(
      {{Op::Coalesce, 0, 1, Rep::Int}, {Op::EqualInt, 2, 1, Rep::Int}}));
  CHECK_FALSE(WithAbsent({{Op::Or, 0, 0, Rep::Int}}));
}

TEST_CASE("not-a-number equals nothing") {
  Predicate predicate;
  predicate.code = {{Op::Slot, 0, 0, Rep::Float},
                    {Op::EqualFloat, 0, 0, Rep::Int}};
  tt_value slot{};
  slot.present = 1;
  slot.f = std::numeric_limits<double>::quiet_NaN();
  CHECK_FALSE(Evaluate(predicate, &slot));
  slot.f = 1;
  CHECK(Evaluate(predicate, &slot));
}

TEST_CASE("texts compare by bytes") {
  Predicate predicate;
  predicate.texts = {"ab"};
  predicate.code = {{Op::Slot, 0, 0, Rep::Text},
                    {Op::ConstText, 0, 0, Rep::Text},
                    {Op::LessText, 0, 1, Rep::Int}};
  tt_value slot{};
  slot.present = 1;
  CHECK(Evaluate(predicate, &slot));  // "" < "ab"
  const uint8_t bytes[] = {0xff};
  slot.text = bytes;
  slot.text_size = 1;
  CHECK_FALSE(Evaluate(predicate, &slot));
}

// a, with `look` before it.
Program After(Look look) {
  Program program;
  Term term;
  term.sets.resize(1);
  term.sets[0].set('a');
  term.code = {{Inst::Op::Tag, 0, 1, 0},
               {Inst::Op::Assert, static_cast<uint32_t>(look), 2, 0},
               {Inst::Op::Byte, 0, 3, 0},
               {Inst::Op::Tag, 1, 4, 0},
               {Inst::Op::Match, 0, 0, 0}};
  term.first = FirstBytes(term);
  program.terms.push_back(term);
  return program;
}

TEST_CASE("the matcher of a program runs its terms") {
  const Program program = After(Look::Begin);
  const tt_matcher matcher = MakeMatcher(program);
  CHECK(matcher.magic == TT_MATCHER_MAGIC);
  CHECK(matcher.struct_size == sizeof(tt_matcher));
  CHECK(matcher.term_count == 1);
  VmScratch scratch(program);
  const uint8_t text[] = {'a', 'b'};
  uint32_t registers[2] = {};
  CHECK(matcher.find(&matcher, &scratch, 0, text, 2, TT_AT_START, registers) ==
        1);
  CHECK(registers[0] == 0);
  CHECK(registers[1] == 1);
  // A window that lacks the start of its message.
  CHECK(matcher.find(&matcher, &scratch, 0, text, 2, TT_AT_END, registers) ==
        0);
}

TEST_CASE("a word boundary looks at both sides") {
  const Program program = After(Look::WordBoundary);
  VmScratch scratch(program);
  uint32_t registers[2] = {};
  CHECK_FALSE(Find(program.terms[0], "xa", 0, &scratch, registers));
  CHECK(Find(program.terms[0], "x a", 0, &scratch, registers));
  CHECK(registers[0] == 2);
}

}  // namespace
}  // namespace telltale::vm
