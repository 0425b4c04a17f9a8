// The pattern IR: what one term (a text with holes, or a /regex/) matches, over
// bytes. Small on purpose; smart constructors keep it in one normal form.
// Alternatives are ordered: an earlier one is preferred, as is the greedy or
// the lazy side of a repeat, so that captures are determined (leftmost first).
// Of the copies of a repeat beyond its minimum, one that matches the empty text
// is the last: so loops end, as in Perl.
#pragma once

#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/vm/program.h"

namespace telltale::pattern {

using vm::ByteSet;
using vm::Look;

struct Node {
  enum class Kind : uint8_t {
    Empty,    // the empty text
    Nothing,  // no text at all (an empty class)
    Literal,  // bytes; fold: ASCII letters match either case
    Class,    // one byte of set
    Cat,      // children in sequence
    Alt,      // children, preferred first
    Repeat,   // children[0], min..max times (max kUnbounded), greedy or lazy
    Look,     // a condition on the position
    Capture,  // children[0], remembered as capture `capture`
  };
  static constexpr uint32_t kUnbounded = UINT32_MAX;

  Kind kind = Kind::Empty;
  std::string literal;
  bool fold = false;
  ByteSet set;
  vm::Look look = Look::Begin;
  uint32_t min = 0;
  uint32_t max = 0;
  bool greedy = true;
  uint32_t capture = 0;
  std::vector<Node> children;

  bool operator==(const Node&) const = default;
};

Node Empty();
Node Nothing();
Node Literal(std::string bytes, bool fold = false);
Node Class(const ByteSet& set);
Node Cat(std::vector<Node> children);  // flattens, merges literals
Node Alt(std::vector<Node> children);  // flattens
// An Empty child and a Look (which is true or false however often it is tried)
// are not repeated.
Node Repeat(Node child, uint32_t min, uint32_t max, bool greedy);
Node LookAt(Look look);
Node Capture(Node child, uint32_t index);

// [\t ]+ : what one blank in a text pattern stands for.
Node BlankRun();
// Any byte of a record, lazily or greedily repeated: `{*}`, `{x}`.
Node AnyRun(bool greedy);

// The language of a hole of this type. `last`: nothing follows it in its term,
// so text and word take all they can. Numbers are greedy and whole.
Node TypeLanguage(vm::Type type, bool last);

// The same with ASCII letters of either case.
Node FoldCase(Node node);

// Shortest and longest text, in bytes (UINT32_MAX: unbounded).
struct Lengths {
  uint32_t min = 0;
  uint32_t max = 0;
};
Lengths LengthsOf(const Node& node);

// Can match the empty text (looks taken as true).
bool MatchesEmpty(const Node& node);

// Literal bytes that every match has at least: the alternative with the fewest
// counts.
uint32_t EvidenceOf(const Node& node);

// Instructions that the pattern takes as a term, repeats written out; saturates
// far above any limit.
uint64_t ExpandedSize(const Node& node);

std::string Dump(const Node& node);  // one line, regex-like

}  // namespace telltale::pattern
