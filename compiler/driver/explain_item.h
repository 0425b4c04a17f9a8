// explain: what an item of the rules means, all in one place: what it looks
// for, what it costs, and how it stands to the others.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/driver/pipeline.h"

namespace telltale::driver {

// What the search for a pattern's records costs, by a model of how often bytes
// occur in logs (plan::Rarity).
struct Price {
  enum class Class { Cheap, Fair, Dear, EveryRecord };
  Class cls = Class::EveryRecord;
  double stops = 0;           // places in a MB of log where the prefilter stops
  double tries = 0;           // records in a MB of log that are matched in full
  uint64_t instructions = 0;  // of the automata that are then run
};
std::string_view PriceName(Price::Class cls);

struct NamedNode {
  std::string axis;
  std::string path;
  std::string title;
};

// A capture or a field.
struct NamedValue {
  std::string name;
  std::string type;
  bool maybe_absent = false;
  bool is_field = false;  // of the header
};

// Another signature that matches records of this one.
struct Rival {
  std::string name;
  bool wins = false;  // the other one
  std::string reason;
};

// `explains` or `clears`, as it acts.
struct Reaching {
  std::vector<std::string> events;
  std::string back;  // "" where it does not reach
  std::string for_;
};

struct SignatureFacts {
  std::string pattern;  // as it is written
  std::string where;
  std::vector<std::string> phrases;  // one stands in each match; the gram in []
  Price price;
  uint32_t evidence = 0;
  std::vector<std::string> sources;  // none: all
  std::vector<std::string> blocks;   // none: single records
  std::vector<NamedValue> values;
  std::vector<Rival> rivals;
  size_t hits = 0;
  size_t misses = 0;
};

struct RuleFacts {
  std::vector<std::string> steps;  // as they are written
  std::vector<std::string> events;
  std::vector<std::string> within;
  std::vector<std::string> by;
  std::string at;
  std::string during;
  size_t registers = 0;  // per key
  uint32_t capacity = 0;
  uint64_t memory = 0;  // bytes at most, about
};

struct BlockFacts {
  std::vector<std::pair<std::string, std::string>> patterns;  // open ...
  std::vector<std::string> phrases;
  Price price;
  uint32_t max_lines = 0;
  bool quiet = false;
  std::vector<NamedValue> values;
  std::vector<std::string> signatures;  // that look into it
};

struct SourceFacts {
  std::vector<std::pair<std::string, std::string>> patterns;  // prefix ...
  std::vector<NamedValue> fields;
  std::vector<std::string> keys;
  std::string clock;
  std::vector<std::string> signatures;  // that read only it
};

struct ItemReport {
  std::string kind;  // sig, rule, block, source
  std::string name;
  std::string file;
  uint32_t line = 0;
  // Signatures and rules.
  std::vector<NamedNode> verdict;
  std::vector<std::string> looked_up;  // axes that a table decides
  std::string role;
  std::vector<Reaching> explains;
  std::vector<Reaching> clears;
  std::vector<std::string> over;
  // Who has it in one of its own; blocks, too.
  std::vector<std::string> explained_by;
  std::vector<std::string> cleared_by;
  std::vector<std::string> beaten_by;  // says `over` it
  std::vector<std::string> used_by;    // rules with such a step

  std::optional<SignatureFacts> signature;
  std::optional<RuleFacts> rule;
  std::optional<BlockFacts> block;
  std::optional<SourceFacts> source;
};

// All items of that name (a block and a signature may share one).
std::vector<ItemReport> ExplainItem(const Compilation& compilation,
                                    std::string_view name);

// What a verdict says, per axis that it has.
std::vector<NamedNode> NodesOf(const vm::Program& program,
                               const vm::Verdict& verdict);

// Rule text on one line.
std::string WrittenAs(const Compilation& compilation, Span span);

// The name that was probably meant.
std::optional<std::string> ClosestItem(const Compilation& compilation,
                                       std::string_view name);

}  // namespace telltale::driver
