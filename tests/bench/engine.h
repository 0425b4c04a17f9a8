// Engine: one way to find all (line, pattern) pairs of a text. Every engine
// gives the same pairs; main.cc times them and compares.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/scan/isa.h"
#include "tests/bench/patterns.h"

namespace telltale::bench {

// Pattern `pattern` matches somewhere in line `line` (from 1).
struct Pair {
  uint64_t line = 0;
  uint32_t pattern = 0;
  auto operator<=>(const Pair&) const = default;
};

// What engines that want blocks get: as much as Telltale's reader hands out.
inline constexpr size_t kBlock = 1024 * 1024;

class Engine {
 public:
  virtual ~Engine() = default;
  [[nodiscard]] virtual std::string name() const = 0;
  // What is timed, in one line.
  [[nodiscard]] virtual std::string about() const = 0;
  // False: stops half-way, to show what a part costs; has no pairs.
  [[nodiscard]] virtual bool gives_pairs() const { return true; }
  // Once, before Scan.
  virtual Result<void> Compile(std::span<const Pattern> patterns) = 0;
  // Appends the pairs of `text`, each once, in any order.
  virtual Result<void> Scan(std::string_view text,
                            std::vector<Pair>* pairs) = 0;
};

// ---- telltale_engine.cc

struct TelltaleOptions {
  enum class Tier { Interpreter, Jit };
  enum class Work {
    Full,      // headers, fields, time, as for any log
    Plain,     // no source: the whole record is the message
    Grams,     // the prefilter alone
    Newlines,  // counting lines alone
  };
  Tier tier = Tier::Jit;
  Work work = Work::Full;
  scan::Isa isa = scan::Isa::Baseline;
};

std::unique_ptr<Engine> MakeTelltale(const TelltaleOptions& options);
// The rule file for the patterns; `source`: with a source that reads headers.
std::string RulesFor(std::span<const Pattern> patterns, bool source);

// ---- peers

std::unique_ptr<Engine> MakeVectorscan(Wording wording);
std::unique_ptr<Engine> MakeRe2(Wording wording);

enum class Pcre2Method {
  Lines,        // every pattern on every line
  Blocks,       // every pattern over each block, line after line of matches
  Alternation,  // all as one over each block; every pattern on lines it matches
};
std::unique_ptr<Engine> MakePcre2(Pcre2Method method, Wording wording);

// ---- for engines

// The name of an engine with these expressions.
std::string NameOf(std::string_view engine, Wording wording);

// Where the block that begins at `begin` ends: after a line's end, if there is
// one within kBlock.
size_t BlockEnd(std::string_view text, size_t begin);

// Line numbers of offsets that never go back.
class LineCounter {
 public:
  // `offset` lies in `text`, the same for each call.
  uint64_t LineOf(std::string_view text, size_t offset);

 private:
  size_t counted_ = 0;
  uint64_t line_ = 1;
};

}  // namespace telltale::bench
