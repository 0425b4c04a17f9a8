// Random rules and streams of events for the differential test of rules, in a
// form that an oracle can read: small alphabets, small numbers. Everything
// follows from the seed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/generate.h"

namespace telltale::testing {

inline constexpr uint32_t kNone = UINT32_MAX;

// Kinds of events: a, b, c have the captures k and n, d has only n. A sighting
// is a record without an event; r is a key of the source.
inline constexpr uint32_t kKinds = 4;
inline constexpr uint32_t kSighting = kKinds;

struct ModelEvent {
  uint32_t kind = 0;
  uint32_t run = 0;
  uint64_t line = 0;
  std::optional<int64_t> time;  // in seconds
  std::optional<int64_t> k, n, r;
};

struct ModelEnd {  // the last record of an attempt; line 0: it has none
  uint64_t line = 0;
  std::optional<int64_t> time;
};

enum class StreamEnd { Input, Open };

struct ModelStream {
  std::vector<ModelEvent> events;
  std::vector<ModelEnd> ends;  // per attempt
  std::optional<int64_t> begin_time;
  StreamEnd end = StreamEnd::Input;
};

struct ModelSpan {
  enum class Kind { None, Run, Stream, Seconds, Lines };
  Kind kind = Kind::None;
  int64_t amount = 0;
};

enum class ModelSpread { None, AtLeast, Only, All };

// `n OP other.n`: equality of two events is part of the key; with a `last` step
// it is a condition.
struct ModelJoin {
  uint32_t other = 0;
  bool less = false;  // else equal
};

struct ModelStep {
  uint32_t group = 0;
  std::vector<uint32_t> kinds;
  uint32_t count = 1;
  ModelSpread spread = ModelSpread::None;  // of r
  uint32_t spread_count = 0;
  bool last = false;
  bool absent = false;
  ModelSpan hold;
  bool or_eof = false;
  std::optional<int64_t> where;  // n is this
  std::optional<ModelJoin> join;
};

struct ModelRule {
  std::vector<ModelStep> steps;
  std::vector<ModelSpan> within;
  bool by_k = false;
  bool by_r = false;
};

ModelRule RandomRule(Random* random);
// `complete`: no event lacks a value that its kind has.
ModelStream RandomStream(Random* random, bool complete);

// `from all` and `from only` count per key, and do not share what has none.
bool CountsApart(const ModelRule& rule);

// A whole pack with the rule `r`, as an author would write it.
std::string PackText(const ModelRule& rule);
std::string RuleText(const ModelRule& rule);
std::string StreamText(const ModelStream& stream);

}  // namespace telltale::testing
