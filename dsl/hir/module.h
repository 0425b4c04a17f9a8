// What is meant: the checked form of a whole compilation (all files that `use`
// brought together). Names are resolved to typed ids, patterns are pattern IR,
// expressions are typed. Nothing here can be wrong any more; compiler/plan
// turns it into the matching program.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dsl/pattern/pattern.h"
#include "dsl/source/span.h"
#include "runtime/vm/program.h"

namespace telltale::hir {

using vm::Axis;
using vm::BlockId;
using vm::EventId;
using vm::FieldId;
using vm::NodeId;
using vm::Reach;
using vm::Role;
using vm::SourceId;
using vm::Type;
using vm::Verdict;

// ------------------------------------------------------------- patterns

// Terms joined by | & !. A term's captures index the owner's capture list.
struct Pattern {
  enum class Kind : uint8_t { Term, Not, And, Or };
  Kind kind = Kind::Term;
  pattern::Node term;
  std::vector<Pattern> children;
  Span span;
};

struct Capture {
  std::string name;
  Type type = Type::Text;
  bool maybe_absent = false;         // bound in only some alternatives
  std::vector<std::string> options;  // of an enum hole
  Span span;
  bool any_case = false;  // the options may stand there in either case
};

// ----------------------------------------------------------- expressions

struct Expr {
  enum class Kind : uint8_t {
    Int,    // integer
    Float,  // number
    Text,   // text
    Slot,   // slot: index into the event's slots
    And,
    Or,
    Not,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    In,  // args[0] equals one of args[1...]
    Add,
    Subtract,
    Multiply,
    Divide,
    Negate,
    ToFloat,
    Has,
    Coalesce,
    When,  // args[1] if args[0] is true, else absent
  };
  Kind kind = Kind::Int;
  Type type = Type::Bool;
  std::vector<Expr> args;
  int64_t integer = 0;  // Int, Bytes, Duration, Time, Version, Bool, Node
  double number = 0;
  std::string text;
  uint32_t slot = 0;
  uint32_t step = 0;      // Slot, in a comparison of steps: whose
  bool is_param = false;  // a constant that a parameter gave
  Span span;
};

// ------------------------------------------------------ sources, blocks

struct Field {
  std::string name;
  Type type = Type::Text;
  uint32_t capacity = 65536;
  bool is_key = false;
  bool only_json = false;  // no pattern has said its type yet
  Span span;
};

// One header pattern. Captures of `pattern` map to fields; one may be `msg`.
struct HeaderPattern {
  Pattern pattern;  // a Term, or an Or of Terms: ordered choice
  std::vector<Capture> captures;
  std::vector<FieldId> fields;      // per capture; invalid for `msg`
  std::optional<uint32_t> message;  // the capture that is `msg`
};

struct FileGlob {
  std::string glob;
  Pattern pattern;  // over the whole path
  std::vector<Capture> captures;
  std::vector<FieldId> fields;
};

struct Source {
  std::string name;
  std::vector<FileGlob> files;
  std::vector<HeaderPattern> prefixes;
  std::vector<vm::JsonField> json;
  std::vector<HeaderPattern> lines;
  std::vector<Pattern> runs;
  std::vector<Pattern> drops;
  std::vector<FieldId> keys;
  FieldId clock;
  int64_t skew = 0;
  Span span;
};

struct Block {
  std::string name;
  Pattern open;
  std::vector<Pattern> bodies;
  std::vector<Pattern> closes;
  std::vector<Pattern> chains;
  std::vector<Capture> captures;  // of open and closes
  uint32_t max_lines = 400;
  bool quiet = false;
  Span span;
};

// --------------------------------------------------- signatures, rules

// As vm::Derived, with the pattern as it is meant.
struct Derived {
  vm::Derived::Kind kind = vm::Derived::Kind::Matches;
  uint32_t base = 0;
  pattern::Node term;
  uint32_t count = 1;
  Span span;
};

// A value of an event: one of its captures, or a header field.
struct Slot {
  std::string name;
  Type type = Type::Text;
  bool maybe_absent = false;
  std::optional<uint32_t> capture;
  FieldId field;
  std::optional<Derived> derived = std::nullopt;
};

struct Explains {
  std::vector<EventId> events;
  Reach back;
  Reach for_;
};

struct TextPart {
  std::string literal;
  int32_t step = -1;  // -1: literal
  uint32_t slot = 0;
  std::optional<vm::TextColumn> column = std::nullopt;
};

struct Example {  // a hit or a miss
  std::string text;
  bool hit = true;
  std::optional<Expr> gives;
  Span span;
};

struct Meaning {
  std::string name;
  Verdict verdict;
  std::vector<vm::VerdictLookup> lookups;
  Role role = Role::Root;
  std::vector<Explains> explains;
  std::vector<Explains> clears;
  std::vector<EventId> over;
  std::vector<vm::GroupPart> group_by;
  std::vector<TextPart> note;
  std::vector<TextPart> see;
  Span span;  // of the name
};

struct Signature {
  Meaning meaning;
  Pattern pattern;
  std::vector<Capture> captures;
  std::vector<Slot> slots;  // captures first, then the header fields used
  std::optional<Expr> where;
  std::vector<BlockId> in_blocks;
  std::vector<SourceId> in_sources;
  std::vector<Example> examples;
  SourceId first_source;  // whose headers a hit line passes; may be invalid
};

struct StepSlot {  // by name, for every event type of the step
  std::string name;
  Type type = Type::Text;
  std::optional<Derived> derived = std::nullopt;
};

struct Step {
  std::string alias;
  std::vector<EventId> events;
  uint32_t count = 1;
  std::vector<StepSlot> slots;
  std::optional<Expr> where;  // over this step's slots
  // Over the slots of all steps: slot k of step s is Expr::slot k of Expr::step
  // s.
  std::optional<Expr> join;
  std::vector<std::optional<uint32_t>> key;  // per key part: a slot, or none
  vm::Spread from;
  bool last = false;
  bool absent = false;
  bool any_record = false;
  Reach hold;
  bool or_eof = false;
  uint32_t group = 0;  // steps of one group come in any order
  Span span;
};

struct Rule {
  Meaning meaning;
  std::vector<Step> steps;
  std::vector<Reach> within;
  std::optional<uint32_t> at;
  NodeId during;
  uint32_t key_parts = 0;
  uint32_t capacity = 65536;
  uint32_t depth = 0;
  bool latest_start = false;
};

struct Phase {
  NodeId node;
  std::vector<EventId> from;
  std::vector<EventId> to;
  std::vector<std::string> by;
};

// What a test expects of the lines before it.
struct Expectation {
  enum class Kind : uint8_t {
    Event,    // one of `events` happens; `gives` holds for it
    No,       // none of `events` happens
    Nothing,  // no root
    Outcome,  // the last attempt ends so
    Root,     // the root is one of `events`, or has `node`
  };
  Kind kind = Kind::Event;
  std::vector<EventId> events;
  NodeId node;
  std::string outcome;        // as in results: finished_after_failure
  std::string at;             // what the record holds; "": anything
  std::optional<Expr> gives;  // over the event's slots, then its flags
  Span span;
};

struct TestLine {
  // File: not read yet; its text is then a Line.
  enum class Kind : uint8_t { Line, File, Wait, Eof, Expect };
  Kind kind = Kind::Line;
  std::string text;  // Line; File: the path as written
  Span file_span;
  int64_t wait = 0;  // nanoseconds
  Expectation expectation;
};

struct Test {
  std::string title;
  SourceId source;  // invalid: chosen as for a file
  std::vector<TestLine> lines;
  Span span;
};

// `allow W701 "reason"`: of this item that warning is not wanted.
struct Allow {
  std::string code;
  Span item;
  Span span;  // of the code
};

struct Module {
  std::vector<vm::Node> nodes;
  std::vector<Field> fields;
  std::vector<Source> sources;
  std::vector<Block> blocks;
  std::vector<Signature> signatures;
  std::vector<Rule> rules;
  std::vector<Phase> phases;
  std::vector<Test> tests;
  std::vector<Allow> allows;
};

}  // namespace telltale::hir
