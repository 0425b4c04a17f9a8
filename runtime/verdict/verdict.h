// Verdict: why a log stopped. From events in order to, per attempt, the root,
// what it explains, what else might be it, and how the attempt ended.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/scan/engine.h"
#include "runtime/verdict/timeline.h"

namespace telltale::verdict {

enum class Outcome {
  Finished,
  FinishedAfterFailure,
  Failed,
  FailedAfterSuccess,
  Interrupted,
  CutOff,   // the log just ends
  Unknown,  // the log says nothing about it
};
std::string_view OutcomeName(Outcome outcome);  // as in JSON

enum class Certainty { Certain, Likely, Possible };
std::string_view CertaintyName(Certainty certainty);

// Events of one kind, told once.
struct Group {
  vm::EventId type;
  uint32_t file = 0;  // of the first
  uint64_t line = 0;  // of the first
  uint64_t count = 0;
};

inline constexpr size_t kMaxEvidence = 64;

struct Finding {
  vm::EventId type;
  const scan::Event* event = nullptr;
  vm::Verdict verdict;
  Certainty certainty = Certainty::Likely;
  uint16_t flags = 0;
  uint64_t count = 1;           // copies of it in the attempt, itself included
  std::vector<Group> explains;  // its fallout, by first occurrence
  std::vector<Group> confirmed_by;
  // A rule's events in order, the first kMaxEvidence of them.
  std::vector<const scan::Event*> evidence;
  std::string note;  // what to do, values filled in
  std::string see;
};

struct RunVerdict {
  uint32_t run = 0;
  Outcome outcome = Outcome::Unknown;
  std::optional<Finding> root;
  std::vector<Finding> alternatives;  // other candidates, one per kind
  std::vector<Group> survived;        // cleared: the run went on after them
  std::vector<Group> also;            // beaten, context and the like
};

// What became of an occurrence: whose it is, by index.
struct Fate {
  uint32_t beaten_by = kNoOccurrence;
  uint32_t explained_by = kNoOccurrence;
  bool survived = false;
};

struct Verdict {
  std::vector<RunVerdict> runs;
  std::vector<Fate> fates;  // parallel to the timeline's occurrences
  size_t headline = 0;      // the last run that has a root, else the last run
};

// What one occurrence says by itself, with what its values decide.
vm::Verdict VerdictOf(const scan::Engine& engine, const Timeline& timeline,
                      const Occurrence& occurrence);

Verdict Judge(const scan::Engine& engine, const Timeline& timeline);

}  // namespace telltale::verdict
