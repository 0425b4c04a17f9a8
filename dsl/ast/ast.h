// What was written: the syntax tree of one rule file, for the whole language.
// Plain values, built once by dsl/parse and const from then on. Nothing is
// resolved here: names are text, patterns are pieces, literals keep their
// spelling. Every node has the span the author wrote.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "dsl/source/span.h"

namespace telltale::ast {

// An identifier, or a dotted path such as `Crash.CUDA` or `train.xid`.
struct Name {
  std::string text;
  Span span;
};

// A string literal with its escapes resolved.
struct String {
  std::string value;
  Span span;
};

// ---------------------------------------------------------------- literals

struct Literal {
  enum class Kind {
    Int,       // 42
    Hex,       // 0x1f
    Float,     // 1.5
    Bytes,     // 80GiB
    Duration,  // 1h30m
    Percent,   // 5%
    Version,   // 1.2.3
    String,    // "text"
    Bool,      // true
  };
  Kind kind = Kind::Int;
  std::string text;       // as written; for String: the value, escapes resolved
  bool negative = false;  // a table cell may be negative
  Span span;
};

// ---------------------------------------------------------------- patterns

// What a hole accepts: `int`, `(a|b)` or `/regex/`, maybe optional (`?`).
struct HoleType {
  enum class Kind { Untyped, Named, Enum, Regex };
  Kind kind = Kind::Untyped;
  std::string text;                  // Named: the type name; Regex: the regex
  std::vector<std::string> options;  // Enum
  bool optional = false;
  Span span;
};

// One piece of a text such as "Tried to allocate {want:bytes}".
struct Piece {
  enum class Kind {
    Literal,  // text, with escapes and {{ }} resolved
    Skip,     // {*}
    Let,      // {@name}
    Param,    // {$name}
    Hole,     // {name:type}, {name}, {:type}
  };
  Kind kind = Kind::Literal;
  std::string text;          // Literal
  std::optional<Name> name;  // Let, Param, Hole (absent in {:type})
  HoleType type;             // Hole
  Span span;
};

struct Pattern {
  enum class Kind {
    Or,     // children, in written order; at least two
    And,    // children; at least two
    Not,    // children[0]
    Text,   // pieces
    Regex,  // regex, without the slashes
    Let,    // @name
  };
  Kind kind = Kind::Text;
  std::vector<Pattern> children;
  std::vector<Piece> pieces;
  std::string regex;
  std::optional<Name> let;
  bool anchor_start = false;  // ^
  bool anchor_end = false;    // $
  bool ignore_case = false;   // flag i
  bool whole_words = false;   // flag w
  Span span;                  // the whole term, anchors and flags included
  Span text_span;             // Text, Regex: between the quotes or slashes
};

// ------------------------------------------------------------- expressions

struct Expr;

// `x`, `x.host`, `arch[g.model].cc`
struct RefStep {
  std::string name;         // empty for an index step
  std::vector<Expr> index;  // one element for `[expr]`, else none
  Span span;
};

struct Ref {
  std::vector<RefStep> steps;  // the first is always a name
  Span span;
};

struct Expr {
  enum class Kind {
    Or,
    And,
    Not,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    In,       // args[0] in args[1] (a Set or a Ref)
    InRange,  // args[0] in args[1] .. args[2]
    Matches,  // args[0] ~ pattern[0]
    Add,
    Subtract,
    Multiply,
    Divide,
    Negate,
    Coalesce,  // a ?? b
    Has,       // has ref
    Call,      // prev mean min max
    Literal,
    Ref,
    Set,  // {a, b}
  };
  Kind kind = Kind::Literal;
  bool negated = false;  // In, InRange: `not in`
  std::vector<Expr> args;
  Literal literal;
  Ref ref;                       // Ref, Has
  std::string callee;            // Call
  std::optional<Literal> count;  // Call: the second argument
  std::vector<Pattern> pattern;  // Matches: one term
  Span span;
};

// ---------------------------------------------------------------- taxonomy

struct Type {  // of attributes, parameters, table columns
  enum class Kind { Named, Enum, SetOf };
  Kind kind = Kind::Named;
  std::string name;
  std::vector<std::string> options;
  std::vector<Type> element;  // SetOf: one
  bool optional = false;
  Span span;
};

struct Assignment {  // name = expr, in [...] and `with`
  Name name;
  Expr value;
};

struct Attribute {
  Name name;
  Type type;
  std::optional<Literal> fallback;
  Span span;
};

struct Node {
  Name name;
  std::optional<String> title;
  std::vector<Assignment> attributes;
  std::vector<Node> children;
  Span span;
};

enum class Axis { Symptom, Cause, Stage, Outcome };

struct AxisTree {
  Axis axis = Axis::Symptom;
  std::vector<Node> nodes;
  Span span;
};

struct Taxonomy {
  Name name;
  std::vector<Attribute> attributes;
  std::vector<AxisTree> axes;
};

// ------------------------------------------------------- sources and blocks

struct Key {
  Name name;
  std::optional<Literal> up_to;
};

struct JsonField {
  Name name;
  String path;
};

struct SourceClause {
  enum class Kind { Files, Like, Prefix, Json, Line, Run, Drop, Key, Clock };
  Kind kind = Kind::Files;
  std::vector<Pattern> patterns;  // Files: texts; Prefix, Line, Run, Drop: one
  std::vector<Name> names;        // Like
  std::vector<JsonField> json;
  std::vector<Key> keys;
  std::optional<Name> clock;
  std::optional<Literal> skew;
  Span span;
};

struct Source {
  Name name;
  std::vector<SourceClause> clauses;
};

struct BlockClause {
  enum class Kind { Open, Body, Close, Chain, Quiet, Max };
  Kind kind = Kind::Open;
  std::vector<Pattern> patterns;  // one for Open, Body, Close, Chain
  std::optional<Literal> max;
  Span span;
};

struct Block {
  Name name;
  std::vector<BlockClause> clauses;
};

// --------------------------------------------------- signatures and rules

// `run`, `stream`, `10m`, `200 lines`, or a parameter's name.
struct TimeSpan {
  enum class Kind { Run, Stream, Duration, Lines, Param };
  Kind kind = Kind::Run;
  Literal amount;  // Duration, Lines
  Name param;
  Span span;
};

// One thing in `: a, b`: a node, or `table[expr].column`.
struct Verdict {
  Name node;                // dotted; the table's name for a look-up
  std::vector<Expr> index;  // look-up: one
  std::optional<Name> column;
  Span span;
};

// What a step or an `explains` names: a signature, rule or block, `any Node`,
// an inline text, or alternatives of these.
struct Event {
  enum class Kind { Named, Any, Text, Or };
  Kind kind = Kind::Named;
  Name name;                  // Named, Any: dotted
  std::vector<Pattern> text;  // Text: one
  std::vector<Event> alternatives;
  Span span;
};

enum class Role { Root, Cascade, Confirm, Context };

struct FieldRef {  // `rank`, `x.host` in `by` and `group by`
  Name name;       // dotted
};

// A clause that signatures and rules share, or one of their own.
struct Clause {
  enum class Kind {
    Where,  // sig
    Hit,    // sig
    Miss,   // sig
    Over,
    GroupBy,
    Note,
    See,
    Role,
    Explains,
    Clears,
    Allow,
    Within,  // rule
    By,      // rule
    During,  // rule
    At,      // rule
  };
  Kind kind = Kind::Where;
  std::optional<Expr> expr;          // Where; Hit: the `gives` expression
  std::optional<String> text;        // Hit, Miss, Note, See, Allow
  std::vector<Name> names;           // Over; During, At: one; Allow: the code
  std::vector<FieldRef> fields;      // GroupBy, By
  std::optional<Literal> up_to;      // By
  ast::Role role = ast::Role::Root;  // Role
  std::vector<Event> events;         // Explains, Clears
  std::optional<TimeSpan> back;      // Explains, Clears
  std::optional<TimeSpan> for_span;  // Explains
  std::vector<TimeSpan> within;      // Within
  Span span;                         // the whole clause
  Span keyword;
};

struct Sig {
  Name name;
  std::vector<Verdict> verdicts;
  std::vector<Name> in;  // blocks or sources
  Pattern pattern;
  std::vector<Clause> clauses;
};

struct Count {  // `3+`, `limit+`, `all`, `only 3`
  enum class Kind { AtLeast, All, Only };
  Kind kind = Kind::AtLeast;
  std::optional<Literal> number;
  std::optional<Name> param;
  Span span;
};

struct Step {
  bool absent = false;  // `no`
  bool last = false;
  std::optional<Name> alias;
  std::optional<Count> count;
  Event event;
  std::optional<Count> from;  // `from 2+ rank`
  std::optional<Name> from_key;
  std::vector<Expr> where;       // one at most makes sense
  std::optional<TimeSpan> hold;  // `no b for D`
  bool or_eof = false;
  Span span;
};

struct StepGroup {
  std::vector<Step> steps;  // more than one: `a & b`, in any order
  Span span;
};

struct Rule {
  Name name;
  std::vector<Verdict> verdicts;
  std::vector<StepGroup> groups;
  std::vector<Clause> clauses;
};

struct Stage {
  Name node;
  Event from;
  Event to;
  std::vector<FieldRef> by;
};

// -------------------------------------------------------------------- reuse

struct Field {
  Name name;
  Type type;
};

struct Param {
  Name name;
  Type type;
  Expr value;
};

struct Let {
  Name name;
  Pattern pattern;
};

struct Cell {
  std::optional<Literal> literal;
  std::optional<Name> node;
  Span span;
};

struct Table {
  Name name;
  std::vector<Field> columns;
  std::vector<Cell> cells;
  std::vector<Cell> otherwise;
};

struct Item;

struct Template {
  Name name;
  std::vector<Field> params;
  std::vector<Item> items;
};

struct Apply {
  Name name;
  std::vector<Expr> args;
  Name as;
};

// -------------------------------------------------------------------- tests

struct TestLine {
  enum class Kind { Line, Raw, Wait, Eof, File, Expect };
  enum class Expectation { Event, No, Nothing, Outcome, Root };
  Kind kind = Kind::Line;
  std::optional<String> text;  // Line, Raw, File
  std::optional<Name> source;  // File
  std::optional<Literal> wait;
  Expectation expectation = Expectation::Event;
  std::optional<Event> event;  // Event, No
  std::optional<Name> node;    // Event, Outcome, Root
  std::optional<String> at;
  std::optional<Expr> gives;
  Span span;
};

struct Test {
  String title;
  std::optional<Name> source;
  std::vector<TestLine> lines;
};

// --------------------------------------------------------------------- file

struct Use {
  String path;
  std::optional<Name> as;
  std::vector<Assignment> with;
  Span span;
};

struct Item {
  std::variant<Taxonomy, Source, Block, Table, Param, Let, Template, Apply, Sig,
               Rule, Stage, Test>
      node;
  Span span;     // the whole item
  Span keyword;  // `sig`, `rule`, ...
};

struct Pack {
  Name name;
  std::string version;
  Span span;
};

// A piece of the text that layout leaves as it is: a word, a sign, a whole
// string, text, regex or line of a test; or a comment.
struct Token {
  Span span;
  bool comment = false;
};

struct File {
  std::optional<Literal> edition;
  std::optional<Pack> pack;
  std::vector<Use> uses;
  std::vector<Item> items;
  std::vector<Token> tokens;  // all of the text but its blanks
  Span span;
};

}  // namespace telltale::ast
