// A program that was damaged on purpose is refused, one damage at a time.
#include "runtime/vm/verify.h"

#include <catch2/catch.hpp>

#include "runtime/vm/limits.h"

namespace telltale::vm {
namespace {

using Op = PredicateInst::Op;

// /a/ with a value, a condition on it, in a block of a source; and a rule.
Program Sound() {
  Program program;
  Term term;
  term.sets.resize(1);
  term.sets[0].set('a');
  term.code = {{Inst::Op::Tag, 0, 1, 0},
               {Inst::Op::Byte, 0, 2, 0},
               {Inst::Op::Tag, 1, 3, 0},
               {Inst::Op::Match, 0, 0, 0}};
  term.registers = 4;
  term.first = FirstBytes(term);
  program.terms.push_back(term);
  Predicate predicate;
  predicate.integers = {5};
  predicate.code = {{Op::Slot, 0, 0, Rep::Int},
                    {Op::ConstInt, 0, 0, Rep::Int},
                    {Op::LessInt, 0, 1, Rep::Int}};
  program.predicates.push_back(predicate);
  program.fields.push_back({"rank", Type::Int, 16, true});
  program.nodes.push_back({});
  Source source;
  source.keys = {FieldId(0)};
  source.lines.push_back({TermId(0), {{FieldId(0), 2}}, {2}, false});
  program.sources.push_back(source);
  Block block;
  block.open.terms = {TermId(0)};
  block.open.nodes.resize(1);
  program.blocks.push_back(block);
  Signature signature;
  signature.pattern.terms = {TermId(0)};
  signature.pattern.nodes.resize(1);
  signature.slots.push_back({"n", Type::Int, {{0, 2}}, {}});
  signature.where = PredicateId(0);
  signature.in_blocks = {BlockId(0)};
  signature.meaning.verdict.symptom = NodeId(0);
  signature.meaning.note = {{"n is ", -1, 0}, {"", 0, 0}};
  program.signatures.push_back(signature);
  Rule rule;
  rule.steps.resize(1);
  rule.steps[0].events = {EventId(0)};
  rule.steps[0].slot_names = {"n"};
  rule.steps[0].slot_types = {Type::Int};
  rule.steps[0].slot_derived.resize(1);
  rule.stages.push_back({{0}, {}, {}, {}, {}});
  program.rules.push_back(rule);
  return program;
}

TEST_CASE("a sound program passes") {
  const Result<void> result = Verify(Sound());
  CAPTURE(result.has_value() ? "" : result.error().message);
  CHECK(result.has_value());
}

TEST_CASE("each damage is found") {
  struct Damage {
    std::string_view what;
    void (*apply)(Program&);
  };
  const Damage damages[] = {
      {"no code", [](Program& p) { p.terms[0].code.clear(); }},
      {"next", [](Program& p) { p.terms[0].code[0].next = 4; }},
      {"set", [](Program& p) { p.terms[0].code[1].arg = 1; }},
      {"register", [](Program& p) { p.terms[0].code[2].arg = 4; }},
      {"op", [](Program& p) { p.terms[0].code[2].op = Inst::Op(9); }},
      {"look",
       [](Program& p) { p.terms[0].code[0] = {Inst::Op::Assert, 5, 1, 0}; }},
      {"split",
       [](Program& p) { p.terms[0].code[0] = {Inst::Op::Split, 0, 1, 9}; }},
      {"empty loop", [](Program& p) { p.terms[0].code[2].next = 2; }},
      {"too many registers",
       [](Program& p) { p.terms[0].registers = kMaxRegisters + 1; }},
      {"no registers", [](Program& p) { p.terms[0].registers = 0; }},
      {"first bytes", [](Program& p) { p.terms[0].first.reset(); }},
      {"constant", [](Program& p) { p.predicates[0].integers.clear(); }},
      {"operand", [](Program& p) { p.predicates[0].code[2].b = 2; }},
      {"shape", [](Program& p) { p.predicates[0].code[2].op = Op::LessText; }},
      {"slot", [](Program& p) { p.predicates[0].code[0].a = 1; }},
      {"slot type",
       [](Program& p) { p.signatures[0].slots[0].type = Type::Text; }},
      {"predicate", [](Program& p) { p.signatures[0].where = PredicateId(1); }},
      {"term",
       [](Program& p) { p.signatures[0].pattern.terms[0] = TermId(1); }},
      {"no pattern", [](Program& p) { p.signatures[0].pattern.nodes.clear(); }},
      {"pattern term",
       [](Program& p) { p.signatures[0].pattern.nodes[0].term_index = 1; }},
      {"not without child",
       [](Program& p) {
         p.signatures[0].pattern.nodes[0].kind = PatternNode::Kind::Not;
       }},
      {"pattern loop",
       [](Program& p) {
         p.signatures[0].pattern.nodes[0] = {PatternNode::Kind::And, 0, {0}};
       }},
      {"shared child",
       [](Program& p) {
         p.signatures[0].pattern.nodes[0] = {PatternNode::Kind::And, 0, {1, 1}};
         p.signatures[0].pattern.nodes.resize(2);
       }},
      {"derived of a later slot",
       [](Program& p) {
         p.signatures[0].slots[0].derived =
             Derived{Derived::Kind::Matches, 0, TermId(0), 1};
       }},
      {"derived of the past in a signature",
       [](Program& p) {
         p.signatures[0].slots.push_back(p.signatures[0].slots[0]);
         p.signatures[0].slots[1].derived =
             Derived{Derived::Kind::Mean, 0, {}, 1};
       }},
      {"history of nothing",
       [](Program& p) {
         Step& step = p.rules[0].steps[0];
         step.slot_names.emplace_back("");
         step.slot_types.push_back(Type::Int);
         step.slot_derived.push_back(Derived{Derived::Kind::Mean, 0, {}, 0});
       }},
      {"source of slot",
       [](Program& p) {
         p.signatures[0].slots[0].sources[0].begin_register = 3;
       }},
      {"field of slot",
       [](Program& p) { p.signatures[0].slots[0].field = FieldId(1); }},
      {"block", [](Program& p) { p.signatures[0].in_blocks[0] = BlockId(1); }},
      {"node",
       [](Program& p) { p.signatures[0].meaning.verdict.symptom = NodeId(1); }},
      {"over", [](Program& p) { p.signatures[0].meaning.over = {EventId(3)}; }},
      {"note", [](Program& p) { p.signatures[0].meaning.note[1].slot = 1; }},
      {"gram", [](Program& p) { p.signatures[0].gate.any_of.push_back({}); }},
      {"header term",
       [](Program& p) { p.sources[0].lines[0].term = TermId(1); }},
      {"message",
       [](Program& p) { p.sources[0].lines[0].message_registers = {3}; }},
      {"key field", [](Program& p) { p.sources[0].keys = {FieldId()}; }},
      {"block open", [](Program& p) { p.blocks[0].open.terms[0] = TermId(); }},
      {"parent", [](Program& p) { p.nodes[0].parent = NodeId(0); }},
      {"no steps", [](Program& p) { p.rules[0].steps.clear(); }},
      {"no stage", [](Program& p) { p.rules[0].stages.clear(); }},
      {"a step twice",
       [](Program& p) { p.rules[0].stages[0].facts.push_back(0); }},
      {"a stage of a step that must not be",
       [](Program& p) { p.rules[0].steps[0].absent = true; }},
      {"a guard before the first stage",
       [](Program& p) {
         p.rules[0].steps.push_back(p.rules[0].steps[0]);
         p.rules[0].steps[1].absent = true;
         p.rules[0].stages[0].guards = {1};
       }},
      {"at no step", [](Program& p) { p.rules[0].at = 1; }},
      {"from no slot",
       [](Program& p) {
         p.rules[0].steps[0].from = {Spread::Kind::AtLeast, 2, 1};
       }},
      {"a phase of no node", [](Program& p) { p.phases.emplace_back(); }},
      {"step event",
       [](Program& p) { p.rules[0].steps[0].events = {EventId(3)}; }},
      {"step key", [](Program& p) { p.rules[0].key_parts = 1; }},
  };
  for (const Damage& damage : damages) {
    CAPTURE(damage.what);
    Program program = Sound();
    damage.apply(program);
    CHECK_FALSE(Verify(program).has_value());
  }
}

}  // namespace
}  // namespace telltale::vm
