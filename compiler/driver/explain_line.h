// explain --log: what the rules make of one line of a log: who read it, which
// signatures looked at it, which matched, and why the others did not.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "compiler/driver/explain_item.h"
#include "compiler/driver/pipeline.h"
#include "runtime/base/result.h"

namespace telltale::driver {

struct LineQuery {
  std::string path;  // of the first file in it; `-`: standard input
  uint64_t line = 1;
  std::string source;   // "": chosen
  std::string subject;  // a signature or rule; "": none
  int default_year = 1970;
};

using NamedTexts = std::vector<std::pair<std::string, std::string>>;

// An event on the record.
struct LineEvent {
  std::string kind;  // sig, rule, block
  std::string name;
  uint64_t line = 0;    // differs within a block
  uint32_t column = 0;  // where the match begins, in bytes from 1; 0: unknown
  std::vector<NamedNode> verdict;
  NamedTexts values;
  // root, alternative, beaten, explained, survived, fact
  std::string fate;
  std::string by;  // beaten or explained: by whom
  uint64_t by_line = 0;
  std::string reason;  // beaten: why
};

// A signature that looked at the record, and did not match.
struct LineMiss {
  enum class Why {
    Phrase,   // none of its phrases stands there
    Source,   // it reads other sources
    Block,    // it looks into blocks, and the record is in none of them
    Dropped,  // the source drops the record
    Pattern,  // its pattern does not match
    Where,    // its condition is false
  };
  Why why = Why::Pattern;
  std::string name;
  // Pattern: what was found, from where to where in the message, what was
  // looked for behind it, and what stands there.
  bool forbidden = false;
  std::string matched;
  std::string expected;
  std::string instead;
  uint64_t line = 0;
  uint32_t begin = 0;  // columns, in bytes from 1
  uint32_t stop = 0;
  std::string where;  // Where: the condition, and the values
  NamedTexts values;
};

// How far a rule had got after the line, for one value of its key.
struct RuleProgress {
  std::string key;   // "rank 3"; "" without one
  NamedTexts steps;  // as written; what it took: "oom, line 12"; "" none yet
  bool complete = false;  // waits for an absence or the end of its window
};

struct LineBlock {
  std::string name;
  uint64_t first = 0;
  uint64_t last = 0;
  bool finished = false;
  bool mixed = false;
  bool quiet = false;
};

struct LineReport {
  std::string file;
  uint64_t line = 0;
  std::string source;  // "": none fits
  std::string text;
  std::string message;
  size_t record = 1;  // which of the records on this line, and how many
  size_t records = 1;
  NamedTexts fields;
  bool dropped = false;
  std::optional<LineBlock> block;
  NamedTexts phrases;  // signature, a phrase of it that stands there
  std::vector<LineEvent> events;
  std::vector<LineMiss> misses;
  // Of the subject, if it is a rule.
  std::vector<std::string> steps_here;
  std::vector<RuleProgress> progress;
};

// Fails where the log has no such line, where the query names what is not
// there, or, and then sets `*unread`, where the log cannot be read.
Result<LineReport> ExplainLine(const Compilation& compilation,
                               const LineQuery& query, bool* unread);

}  // namespace telltale::driver
