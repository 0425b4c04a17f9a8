// Rules fire where an exhaustive search over all choices of events says, on
// random rules and streams. TELLTALE_RANDOM_CASES says how many pairs,
// TELLTALE_SEED where to begin; a failure prints the seed of its rule.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "compiler/driver/pipeline.h"
#include "compiler/driver/tiers.h"
#include "dsl/parse/parser.h"
#include "runtime/verdict/correlate.h"
#include "runtime/verdict/timeline.h"
#include "tests/support/rule_model.h"
#include "tests/support/rule_oracle.h"

namespace telltale::testing {
namespace {

#ifdef TT_SANITIZED
constexpr uint64_t kPairs = 20'000;
#else
constexpr uint64_t kPairs = 200'000;
#endif
constexpr uint32_t kStreamsPerRule = 16;
constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kEpoch = 1'767'225'600;  // 2026-01-01

int64_t Stamp(const std::optional<int64_t>& time) {
  return time.has_value() ? (kEpoch + *time) * kSecond : scan::kNoTime;
}

vm::Value Number(const std::optional<int64_t>& value) {
  vm::Value out;
  out.type = vm::Type::Int;
  out.present = value.has_value();
  out.i = value.value_or(0);
  return out;
}

std::unique_ptr<driver::Compilation> Compiled(const ModelRule& rule) {
  auto compilation = std::make_unique<driver::Compilation>();
  const SourceId source = compilation->sources.Add("rule.tell", PackText(rule));
  compilation->files.push_back(
      Parse(compilation->sources, source, compilation->diags));
  compilation->uses.emplace_back();
  driver::CheckAndLower(compilation.get());
  compilation->ok = !compilation->diags.has_errors();
  return compilation;
}

// The stream as the scan of one file.
class Scanned {
 public:
  Scanned(const vm::Program& program, const ModelStream& stream) {
    values_.reserve(stream.events.size());
    for (uint32_t k = 0; k < stream.events.size(); ++k) {
      const ModelEvent& event = stream.events[k];
      scan::Event out;
      out.run = event.run;
      out.line = event.line;
      out.offset = k;
      out.time = Stamp(event.time);
      std::vector<vm::Value>& values = values_.emplace_back();
      values.push_back(Number(event.r));
      if (event.kind != kSighting) {
        out.type = vm::EventId(event.kind);
        for (const vm::Slot& slot : program.signatures[event.kind].slots) {
          values.push_back(Number(slot.name == "k"   ? event.k
                                  : slot.name == "n" ? event.n
                                                     : event.r));
        }
      }
      out.keys = std::span(values).subspan(0, 1);
      out.slots = std::span(values).subspan(1);
      if (event.kind == kSighting) {
        file().census.push_back(out);
      } else {
        file().events.push_back(out);
        places_.push_back(k);
      }
    }
    for (const ModelEnd& end : stream.ends) {
      scan::RunEnd out;
      out.line = end.line;
      out.time = Stamp(end.time);
      file().ends.push_back(out);
    }
    file().runs = static_cast<uint32_t>(stream.ends.size());
    file().begin_time = Stamp(stream.begin_time);
  }

  scan::FileScan& file() { return files_[0]; }
  std::vector<scan::FileScan>* files() { return &files_; }
  // The place in the stream of an event of this file.
  uint32_t PlaceOf(const scan::Event* event) {
    return places_[static_cast<size_t>(event - file().events.data())];
  }

 private:
  std::vector<scan::FileScan> files_{1};
  std::vector<std::vector<vm::Value>> values_;
  std::vector<uint32_t> places_;
};

std::vector<ModelFiring> Found(const scan::Engine& engine,
                               const ModelStream& stream) {
  Scanned scanned(engine.program(), stream);
  verdict::Timeline timeline = verdict::MergeFiles(scanned.files(), 2026);
  verdict::Correlate(engine, &timeline,
                     stream.end == StreamEnd::Input ? verdict::End::Input
                                                    : verdict::End::Open);
  const auto place = [&](uint32_t occurrence) {
    return occurrence == verdict::kNoOccurrence
               ? kNone
               : scanned.PlaceOf(timeline.occurrences[occurrence].event);
  };
  std::vector<ModelFiring> found;
  for (const verdict::Occurrence& occurrence : timeline.occurrences) {
    if (!engine.program().is_rule(occurrence.event->type)) {
      continue;
    }
    ModelFiring firing;
    for (const uint32_t step : occurrence.steps) {
      firing.steps.push_back(place(step));
    }
    for (const uint32_t member : occurrence.members) {
      firing.members.push_back(place(member));
    }
    firing.line = occurrence.event->line;
    firing.at_eof = (occurrence.event->flags & scan::kAtEof) != 0;
    firing.at_start = (occurrence.event->flags & scan::kAtStart) != 0;
    firing.no_clock = (occurrence.event->flags & scan::kNoClock) != 0;
    found.push_back(std::move(firing));
  }
  return found;
}

struct Tally {
  uint64_t pairs = 0;
  uint64_t rules = 0;
  uint64_t refused = 0;  // rules that the checker does not take
  uint64_t fired = 0;    // pairs with a firing
  uint64_t stopped = 0;  // pairs of which not all was compared
};

// True if the rule fires as it should on all its streams; else says how not.
bool Agree(const ModelRule& rule, Random* random, Tally* tally) {
  const auto compilation = Compiled(rule);
  if (!compilation->ok) {
    ++tally->refused;
    return true;
  }
  ++tally->rules;
  const auto tier = driver::MakeInterpreted(compilation->program);
  const scan::Engine engine(compilation->program, tier->matcher(),
                            scan::DetectIsa());
  for (uint32_t k = 0; k < kStreamsPerRule; ++k) {
    const ModelStream stream = RandomStream(random, CountsApart(rule));
    const std::vector<ModelFiring> found = Found(engine, stream);
    const Judgement judgement = Judge(rule, stream, found);
    ++tally->pairs;
    tally->fired += judgement.firings > 0 ? 1U : 0U;
    tally->stopped += judgement.stopped ? 1U : 0U;
    if (!judgement.difference.empty()) {
      std::string reported;
      for (const ModelFiring& firing : found) {
        reported += FiringText(firing);
      }
      UNSCOPED_INFO(RuleText(rule) << StreamText(stream));
      UNSCOPED_INFO(judgement.difference);
      UNSCOPED_INFO("expected\n" << judgement.expectation);
      UNSCOPED_INFO("reported\n" << reported);
      return false;
    }
  }
  return true;
}

TEST_CASE("random rules fire where exhaustive search says") {
  const uint64_t count = FromEnvironment("TELLTALE_RANDOM_CASES", kPairs);
  const uint64_t first = FromEnvironment("TELLTALE_SEED", 1);
  Tally tally;
  for (uint64_t seed = first; tally.pairs < count; ++seed) {
    Random random(seed);
    const ModelRule rule = RandomRule(&random);
    if (!Agree(rule, &random, &tally)) {
      FAIL("seed " << seed);
    }
  }
  WARN("seeds from " << first << ": " << tally.pairs << " pairs of "
                     << tally.rules << " rules, " << tally.refused
                     << " rules refused, " << tally.fired
                     << " pairs with a firing, " << tally.stopped
                     << " not compared to the end");
  // The generator is worth nothing if little fires.
  CHECK(tally.fired * 5 > tally.pairs);
  CHECK(tally.refused < tally.rules);
  CHECK(tally.stopped * 20 < tally.pairs);
}

}  // namespace
}  // namespace telltale::testing
