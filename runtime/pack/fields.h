// What the structs of a matching program hold, once, for reading and writing.
// A list names all members of its struct: a member that is missing here does
// not compile, since the list is a structured binding.
#pragma once

#include <concepts>
#include <type_traits>

#include "runtime/pack/codec.h"
#include "runtime/vm/program.h"

namespace telltale::pack {

template <typename T, typename Struct>
concept MaybeConst = std::same_as<std::remove_const_t<T>, Struct>;

#define TT_FIELDS(STRUCT, ...)                    \
  template <typename Codec, MaybeConst<STRUCT> T> \
  void Fields(Codec& codec, T& value) {           \
    auto& [__VA_ARGS__] = value;                  \
    codec(__VA_ARGS__);                           \
  }

#define TT_LAST(ENUM, LAST)                   \
  template <>                                 \
  struct LastOf<ENUM> {                       \
    static constexpr ENUM value = ENUM::LAST; \
  };

TT_LAST(vm::Inst::Op, Match)
TT_LAST(vm::PredicateInst::Op, When)
TT_LAST(vm::Rep, Text)
TT_LAST(vm::Type, Node)
TT_LAST(vm::Axis, Outcome)
TT_LAST(vm::Derived::Kind, Most)
TT_LAST(vm::PatternNode::Kind, Or)
TT_LAST(vm::Role, Context)
TT_LAST(vm::Reach::Kind, Lines)
TT_LAST(vm::Spread::Kind, All)

TT_FIELDS(vm::Inst, op, arg, next, other)
TT_FIELDS(vm::Term, code, sets, registers, anchored, first)
TT_FIELDS(vm::Gram, bytes, size, fold)
TT_FIELDS(vm::Phrase, gram, before, after, fold)
TT_FIELDS(vm::Gate, any_of)
TT_FIELDS(vm::PredicateInst, op, a, b, rep)
TT_FIELDS(vm::Predicate, code, integers, floats, texts)
TT_FIELDS(vm::Attribute, name, text)
TT_FIELDS(vm::Node, path, title, study, axis, parent, attributes)
TT_FIELDS(vm::Verdict, symptom, cause, stage, outcome)
TT_FIELDS(vm::SlotSource, term_index, begin_register)
TT_FIELDS(vm::Derived, kind, base, term, count)
TT_FIELDS(vm::Slot, name, type, sources, field, derived)
TT_FIELDS(vm::TextColumn, rows, otherwise)
TT_FIELDS(vm::NodeColumn, rows, otherwise)
TT_FIELDS(vm::TextPart, literal, step, slot, column)
TT_FIELDS(vm::PatternNode, kind, term_index, children)
TT_FIELDS(vm::Pattern, terms, nodes)
TT_FIELDS(vm::Reach, kind, amount)
TT_FIELDS(vm::GroupPart, step, name)
TT_FIELDS(vm::Explains, events, back, forward)
TT_FIELDS(vm::VerdictLookup, axis, step, name, column)
TT_FIELDS(vm::Meaning, name, verdict, lookups, role, explains, clears, over,
          group_by, evidence, note, see)
TT_FIELDS(vm::Signature, meaning, pattern, gate, slots, where, in_blocks,
          in_sources)
TT_FIELDS(vm::Field, name, type, capacity, is_key)
TT_FIELDS(vm::FieldSource, field, begin_register)
TT_FIELDS(vm::HeaderPattern, term, fields, message_registers, message_is_rest,
          catch_all)
TT_FIELDS(vm::JsonField, field, path)
TT_FIELDS(vm::FileGlob, glob, term, fields)
TT_FIELDS(vm::RunPattern, pattern, gate)
TT_FIELDS(vm::Source, name, files, prefixes, json, lines, runs, drops, keys,
          clock, skew)
TT_FIELDS(vm::Block, name, open, gate, bodies, closes, chains, max_lines, quiet,
          is_event, slots)
TT_FIELDS(vm::StepKey, has, slot)
TT_FIELDS(vm::Spread, kind, count, slot)
TT_FIELDS(vm::Step, alias, events, count, slot_names, slot_types, slot_derived,
          where, join, key, from, last, absent, any_record, hold, or_eof)
TT_FIELDS(vm::RuleStage, members, facts, late_facts, guards, look_back)
TT_FIELDS(vm::Rule, meaning, steps, stages, trailing, latest_start, at, during,
          within, key_parts, capacity, depth)
TT_FIELDS(vm::Phase, node, from, to, by)
TT_FIELDS(vm::Program, terms, predicates, nodes, fields, sources, blocks,
          signatures, rules, phases)

}  // namespace telltale::pack
