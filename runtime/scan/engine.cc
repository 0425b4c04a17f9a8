#include "runtime/scan/engine.h"

#include <algorithm>
#include <array>

#include "runtime/base/check.h"
#include "runtime/base/narrow.h"

namespace telltale::scan {

Engine::Engine(const vm::Program& program, const tt_matcher& matcher, Isa isa)
    : program_(program),
      matcher_(matcher),
      isa_(isa),
      in_block_(program.blocks.size()) {
  TT_CHECK(matcher.magic == TT_MATCHER_MAGIC &&
               matcher.abi_version == TT_ABI_VERSION &&
               matcher.struct_size >= sizeof(tt_matcher) &&
               matcher.term_count == program.terms.size() &&
               matcher.predicate_count == program.predicates.size(),
           "the matcher was made for this program");
  for (uint32_t k = 0; k < program.signatures.size(); ++k) {
    const vm::Signature& signature = program.signatures[k];
    Wait(signature.gate, {Consumer::Kind::Signature, k, 0});
    for (const vm::BlockId block : signature.in_blocks) {
      in_block_[block.index()].push_back(k);
    }
  }
  for (uint32_t s = 0; s < program.sources.size(); ++s) {
    for (uint32_t p = 0; p < program.sources[s].runs.size(); ++p) {
      Wait(program.sources[s].runs[p].gate, {Consumer::Kind::Run, s, p});
    }
  }
  for (uint32_t b = 0; b < program.blocks.size(); ++b) {
    Wait(program.blocks[b].gate, {Consumer::Kind::Block, b, 0});
  }
  prefilter_.Build();
  for (uint32_t f = 0; f < program.fields.size(); ++f) {
    if (program.fields[f].is_key) {
      key_fields_.push_back(vm::FieldId(f));
    }
  }
  for (const vm::FieldId field : key_fields_) {
    const std::string& name = program.fields[field.index()].name;
    const auto asks = [&](const vm::Step& step) {
      return step.from.kind == vm::Spread::Kind::All &&
             step.slot_names[step.from.slot] == name;
    };
    if (std::any_of(program.rules.begin(), program.rules.end(),
                    [&](const vm::Rule& rule) {
                      return std::any_of(rule.steps.begin(), rule.steps.end(),
                                         asks);
                    })) {
      census_.push_back(field);
    }
  }
  for (const vm::Rule& rule : program.rules) {
    for (const vm::Step& step : rule.steps) {
      wants_gap_ = wants_gap_ || step.any_record ||
                   std::find(step.slot_names.begin(), step.slot_names.end(),
                             "gap") != step.slot_names.end();
    }
  }
}

void Engine::Wait(const vm::Gate& gate, Consumer consumer) {
  const auto id = Narrow<uint32_t>(consumers_.size());
  consumers_.push_back(consumer);
  if (gate.any_of.empty()) {
    always_.push_back(id);
    return;
  }
  for (const vm::Phrase& phrase : gate.any_of) {
    const uint32_t index = prefilter_.Add(phrase);
    if (waiting_.size() <= index) {
      waiting_.resize(index + 1);
    }
    waiting_[index].push_back(id);
  }
}

bool Engine::Find(vm::TermId term, std::string_view text, uint32_t flags,
                  Scratch* scratch, Match* match) const {
  // Most headers are refuted by their first byte.
  const vm::Term& wanted = program_.terms[term.index()];
  if (wanted.anchored && !wanted.first.all() &&
      (text.empty() || !wanted.first[static_cast<unsigned char>(text[0])])) {
    return false;
  }
  match->registers.resize(wanted.registers);
  return matcher_.find(&matcher_, &scratch->vm, term.value,
                       reinterpret_cast<const uint8_t*>(text.data()),
                       Narrow<uint32_t>(text.size()), flags,
                       match->registers.data()) != 0;
}

bool Engine::Test(vm::PredicateId predicate,
                  std::span<const vm::Value> slots) const {
  // Few predicates look at more than a handful of values.
  std::array<tt_value, 16> few;
  std::vector<tt_value> many;
  tt_value* values = few.data();
  if (slots.size() > few.size()) {
    many.resize(slots.size());
    values = many.data();
  }
  for (size_t k = 0; k < slots.size(); ++k) {
    values[k] = {slots[k].present ? uint64_t{1} : uint64_t{0}, slots[k].i,
                 slots[k].f,
                 reinterpret_cast<const uint8_t*>(slots[k].text.data()),
                 slots[k].text.size()};
  }
  return matcher_.test(&matcher_, predicate.value, values) != 0;
}

}  // namespace telltale::scan
