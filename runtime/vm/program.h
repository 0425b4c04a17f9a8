// The matching program: everything a pack means, flat and index-based. It is
// what the interpreter runs, what codegen lowers to machine code, and what a
// pack stores; the only semantics there is.
//
// Terms find text in a message, signatures combine terms with and/or/not and a
// predicate into events, sources cut headers off records, blocks join records,
// rules and `explains` relate events. Built by compiler/plan; immutable.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/id.h"
#include "runtime/vm/value.h"

namespace telltale::vm {

using TermId = Id<struct TermTag>;
using PredicateId = Id<struct PredicateTag>;
using NodeId = Id<struct NodeTag>;
using SourceId = Id<struct SourceTag>;
using BlockId = Id<struct BlockTag>;
using FieldId = Id<struct FieldTag>;
// Events are numbered: signatures first, then rules, then blocks.
using EventId = Id<struct EventTag>;

// ------------------------------------------------------------------ terms
//
// A term is a prioritised NFA (Pike's form): threads are tried in order, the
// first alternative of a Split before the second, and an earlier start before
// a later one; so the match is the leftmost, and captures are those a
// backtracking matcher would find, in time O(instructions * bytes).

struct Inst {
  enum class Op : uint8_t {
    Byte,    // consume one byte in sets[arg], go to `next`
    Split,   // try `next`, then `other`
    Tag,     // registers[arg] = position, go to `next`
    Assert,  // go to `next` if look `arg` holds here
    Match,
  };
  Op op = Op::Match;
  uint32_t arg = 0;
  uint32_t next = 0;
  uint32_t other = 0;
};

enum class Look : uint8_t {
  Begin,  // start of the message
  End,    // end of the message
  WordBoundary,
  NotWordBoundary,
  NoDigitAhead,  // the next byte is no digit (numbers are taken whole)
};

using ByteSet = std::bitset<256>;

struct Term {
  std::vector<Inst> code;  // entry: 0
  std::vector<ByteSet> sets;
  uint32_t registers = 2;  // 0 and 1: start and end of the match
  bool anchored = false;   // can only match at the start of the message
  ByteSet first;           // bytes a match can begin with; all: may be empty
};

// `first` of a term, from its code.
ByteSet FirstBytes(const Term& term);

// The rarest stretch of a phrase: 2 to 4 bytes; `fold` bits mark letters of
// either case (then the byte is the lower-case one).
struct Gram {
  std::array<uint8_t, 4> bytes{};
  uint8_t size = 0;
  uint8_t fold = 0;  // bit k: bytes[k] matches either case

  auto operator<=>(const Gram&) const = default;
};

// Text that stands in every message a pattern matches. `before` and `after` are
// what stands around the gram; a blank in them is a run of one or more blanks
// and tabs, and neither holds two in a row.
struct Phrase {
  Gram gram;
  std::string before;
  std::string after;
  bool fold = false;  // letters of before and after: lower case means either

  auto operator<=>(const Phrase&) const = default;
};

// A record without any of the phrases is not looked at. Empty: no usable
// literal, every record must be tried.
struct Gate {
  std::vector<Phrase> any_of;
};

// ------------------------------------------------------------- predicates
//
// Straight-line code over typed values; instruction k defines value k, the
// last one is the result (a truth value). A value may be absent: a comparison
// with an absent value is false, arithmetic with one is absent. Integer
// arithmetic saturates.

struct PredicateInst {
  enum class Op : uint8_t {
    Slot,        // a: slot of the event at hand
    StepSlot,    // a: step of the rule, b: slot of its event
    ConstInt,    // integers[a]
    ConstFloat,  // floats[a]
    ConstText,   // texts[a]
    ToFloat,     // a: an Int value
    AddInt,
    SubtractInt,
    MultiplyInt,
    NegateInt,
    AddFloat,
    SubtractFloat,
    MultiplyFloat,
    DivideFloat,
    NegateFloat,
    EqualInt,
    LessInt,
    LessEqualInt,
    LessUnsigned,
    LessEqualUnsigned,
    EqualFloat,
    LessFloat,
    LessEqualFloat,
    EqualText,
    LessText,
    LessEqualText,
    Not,
    And,
    Or,
    Has,       // a is present
    Coalesce,  // a if present, else b
    When,      // b if a is true, else absent
  };
  Op op = Op::ConstInt;
  uint32_t a = 0;
  uint32_t b = 0;
  Rep rep = Rep::Int;  // of the result
};

struct Predicate {
  std::vector<PredicateInst> code;
  std::vector<int64_t> integers;
  std::vector<double> floats;
  std::vector<std::string> texts;
};

// -------------------------------------------------------------- taxonomy

enum class Axis : uint8_t { Symptom, Cause, Stage, Outcome };

struct Attribute {
  std::string name;
  std::string value;
};

struct Node {
  std::string path;   // Crash.CUDA.OutOfMemory, without the axis
  std::string title;  // in words; the last name where none was given
  std::string study;  // the attribute `study`, "" where none
  Axis axis = Axis::Symptom;
  NodeId parent;
  std::vector<Attribute> attributes;  // own and inherited
};

struct Verdict {
  NodeId symptom, cause, stage, outcome;  // invalid: none on that axis

  [[nodiscard]] bool is_candidate() const {
    return symptom.valid() || cause.valid();
  }
  bool operator==(const Verdict&) const = default;
};

// -------------------------------------------------------------- captures

// A named value of an event. `registers` are the pairs that may hold it
// (several: alternatives); the first pair that the match set is taken.
struct SlotSource {
  uint32_t term_index =
      0;  // into the pattern's `terms`; of a block: open, closes
  uint32_t begin_register = 0;
};

// A value made of an earlier one of the same slots.
struct Derived {
  enum class Kind : uint8_t {
    Matches,   // does `term` match its text? (signatures and steps)
    Previous,  // steps: over the last `count` events of the same kind and key,
    Mean,      // before the one at hand; absent if there were fewer
    Least,
    Most,
  };
  Kind kind = Kind::Matches;
  uint32_t base = 0;  // slot
  TermId term;
  uint32_t count = 1;
};

struct Slot {
  std::string name;  // "": derived, nobody else asks for it
  Type type = Type::Text;
  std::vector<SlotSource> sources;
  FieldId field;  // else: a header field of the record
  std::optional<Derived> derived = std::nullopt;
};

// One column of a table: from the text of a key (value.h) to what stands there.
struct TextColumn {
  std::vector<std::pair<std::string, std::string>> rows;  // by key
  std::string otherwise;
};
struct NodeColumn {
  std::vector<std::pair<std::string, NodeId>> rows;  // by key
  NodeId otherwise;                                  // invalid: none
};

// A text with values in it: "drain {x.host}".
struct TextPart {
  std::string literal;
  int32_t step = -1;  // rules: which step; signatures: 0 for a value, -1 none
  uint32_t slot = 0;
  std::optional<TextColumn> column = std::nullopt;  // the value looked up
};
using TextTemplate = std::vector<TextPart>;

// ------------------------------------------------------------ signatures

struct PatternNode {
  enum class Kind : uint8_t { Term, Not, And, Or };
  Kind kind = Kind::Term;
  uint32_t term_index = 0;         // Term: into Pattern::terms
  std::vector<uint32_t> children;  // into Pattern::nodes
};

// Terms joined by and, or, not; searched in a record, or in those of a block.
struct Pattern {
  std::vector<TermId> terms;
  std::vector<PatternNode> nodes;  // node 0 is the whole
};

enum class Role : uint8_t { Root, Cascade, Confirm, Context };

struct Reach {
  enum class Kind : uint8_t { None, Run, Stream, Duration, Lines };
  Kind kind = Kind::None;
  int64_t amount = 0;  // nanoseconds or lines
};

// A value that tells copies of an event apart: of a rule's step, else its own.
struct GroupPart {
  std::optional<uint32_t> step;
  std::string name;
};

struct Explains {
  std::vector<EventId> events;  // sorted
  Reach back;
  Reach for_;  // explains: default Run
};

// A node of a verdict that a value decides: `xids[code].why`.
struct VerdictLookup {
  Axis axis = Axis::Symptom;
  std::optional<uint32_t> step;  // of a rule
  std::string name;              // of the value
  NodeColumn column;
};

// What signatures and rules share.
struct Meaning {
  std::string name;
  Verdict verdict;
  std::vector<VerdictLookup> lookups;  // of axes that `verdict` leaves open
  Role role = Role::Root;
  std::vector<Explains> explains;
  std::vector<Explains> clears;     // for_ unused
  std::vector<EventId> over;        // this one wins against these on one record
  std::vector<GroupPart> group_by;  // copies differ in none of these
  // Twice the literal bytes of the shortest alternative; one more with a
  // `where`.
  uint32_t evidence = 0;
  TextTemplate note;
  TextTemplate see;
};

struct Signature {
  Meaning meaning;
  Pattern pattern;
  Gate gate;
  std::vector<Slot> slots;
  PredicateId where;                 // invalid: none
  std::vector<BlockId> in_blocks;    // not empty: matched on these blocks
  std::vector<SourceId> in_sources;  // not empty: only records of these
};

// -------------------------------------------------------------- sources

// A named part of record headers; one table for the whole program.
struct Field {
  std::string name;
  Type type = Type::Text;
  uint32_t capacity = 65536;  // of a key: how many values are kept apart
  bool is_key = false;        // of at least one source
};

struct FieldSource {
  FieldId field;
  uint32_t begin_register = 0;
};

// An alternative set that was cut from a header: one term, its fields.
struct HeaderPattern {
  TermId term;
  std::vector<FieldSource> fields;
  std::vector<uint32_t> message_registers;  // begin registers of {msg}
  bool message_is_rest = false;  // {msg} is all that follows the match
  bool catch_all = false;  // fits any record: says nothing about the source
};

// A field of JSON records; the path's parts are the members to go into.
struct JsonField {
  FieldId field;  // invalid: the message
  std::vector<std::string> path;
};

struct FileGlob {
  std::string glob;                 // with `*` and `?` for holes
  TermId term;                      // over the path
  std::vector<FieldSource> fields;  // holes
};

struct RunPattern {
  Pattern pattern;
  Gate gate;
};

struct Source {
  std::string name;
  std::vector<FileGlob> files;
  std::vector<HeaderPattern> prefixes;  // tried in order, again and again
  std::vector<JsonField> json;          // empty: no JSON
  std::vector<HeaderPattern> lines;     // ordered choice
  std::vector<RunPattern> runs;
  std::vector<Pattern> drops;
  std::vector<FieldId> keys;
  FieldId clock;     // invalid: none
  int64_t skew = 0;  // nanoseconds
};

// --------------------------------------------------------------- blocks

struct Block {
  std::string name;
  Pattern open;
  Gate gate;                    // of `open`
  std::vector<Pattern> bodies;  // any of
  std::vector<Pattern> closes;  // any of; without body and close: one record
  std::vector<Pattern> chains;  // a record that ties the next block to this one
  uint32_t max_lines = 400;
  bool quiet = false;     // only signatures `in` it see its records
  bool is_event = false;  // a rule, an `explains` or the like asks for it
  std::vector<Slot> slots;
};

// ---------------------------------------------------------------- rules

struct StepKey {  // where a step's event has one part of the rule's key
  bool has = false;
  uint32_t slot = 0;
};

// `from`: of how many values of a field the events must come.
struct Spread {
  enum class Kind : uint8_t {
    None,
    AtLeast,  // `from 2+ rank`
    Only,     // `from only 1 rank`: exactly, when the window ends
    All,      // `from all rank`: every value that the attempt has shown
  };
  Kind kind = Kind::None;
  uint32_t count = 0;
  uint32_t slot = 0;  // of the step
};

struct Step {
  std::string alias;
  std::vector<EventId> events;  // sorted; any of
  uint32_t count = 1;           // `N+`
  // The step's slots: per event type its own slot index, by name.
  std::vector<std::string> slot_names;
  std::vector<Type> slot_types;
  std::vector<std::optional<Derived>> slot_derived;
  PredicateId where;         // over slot_names of this step
  PredicateId join;          // over the slots of all steps, in their order
  std::vector<StepKey> key;  // one per key part
  Spread from;
  bool last = false;    // the latest such event, which firing does not use up
  bool absent = false;  // no such event ...
  bool any_record = false;  // ... no record at all; then `events` is empty
  Reach hold;               // ... for so long; None: until the next step
  bool or_eof = false;      // ... or until the input ends
};

// What must have come before the next stage can.
struct RuleStage {
  std::vector<uint32_t> members;     // steps, in any order
  std::vector<uint32_t> facts;       // `last` steps that must be known
  std::vector<uint32_t> late_facts;  // ... or may come after the members
  std::vector<uint32_t> guards;      // absent steps: forget what waits for this
  std::vector<uint32_t> look_back;   // absent steps: not before this either
};

struct Rule {
  Meaning meaning;
  std::vector<Step> steps;           // as written
  std::vector<RuleStage> stages;     // empty: the start of the attempt
  std::optional<uint32_t> trailing;  // the absent step at the end
  bool latest_start = false;         // its time counts from the latest start
  std::optional<uint32_t> at;        // the step whose record the verdict has
  NodeId during;                     // invalid: at any time
  std::vector<Reach> within;         // all hold; empty: one step
  uint32_t key_parts = 0;            // `by` fields, then equality joins
  uint32_t capacity = 65536;  // keys kept; least recently used goes first
  uint32_t depth = 0;         // 0: signatures only; rules run by depth
};

// A stage of the job: from one event to another, per value of some fields.
struct Phase {
  NodeId node;
  std::vector<EventId> from;  // sorted
  std::vector<EventId> to;    // sorted
  std::vector<std::string> by;
};

// -------------------------------------------------------------- program

struct Program {
  std::vector<Term> terms;
  std::vector<Predicate> predicates;
  std::vector<Node> nodes;
  std::vector<Field> fields;
  std::vector<Source> sources;
  std::vector<Block> blocks;
  std::vector<Signature> signatures;
  std::vector<Rule> rules;
  std::vector<Phase> phases;

  [[nodiscard]] size_t event_count() const {
    return signatures.size() + rules.size() + blocks.size();
  }
  [[nodiscard]] bool is_signature(EventId id) const {
    return id.index() < signatures.size();
  }
  [[nodiscard]] bool is_rule(EventId id) const {
    return !is_signature(id) && id.index() < signatures.size() + rules.size();
  }
  [[nodiscard]] const Rule& rule(EventId id) const {
    return rules[id.index() - signatures.size()];
  }
  [[nodiscard]] EventId rule_event(size_t rule) const {
    return EventId(signatures.size() + rule);
  }
  [[nodiscard]] EventId block_event(BlockId block) const {
    return EventId(signatures.size() + rules.size() + block.index());
  }
  // Null for a block.
  [[nodiscard]] const Meaning* meaning(EventId id) const {
    if (is_signature(id)) {
      return &signatures[id.index()].meaning;
    }
    return is_rule(id) ? &rule(id).meaning : nullptr;
  }
  [[nodiscard]] const std::string& event_name(EventId id) const {
    const Meaning* m = meaning(id);
    return m != nullptr
               ? m->name
               : blocks[id.index() - signatures.size() - rules.size()].name;
  }
};

}  // namespace telltale::vm
