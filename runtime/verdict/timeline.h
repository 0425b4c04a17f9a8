// Timeline: the events of one stream (one file, or the files of a directory) in
// one order. Files are merged by time; ties, and files without a clock, go by
// file, then offset.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "runtime/scan/event.h"

namespace telltale::verdict {

inline constexpr uint32_t kNoOccurrence = UINT32_MAX;

// An event in stream order. A rule's firing is one too. Until Correlate, also
// the files' census.
struct Occurrence {
  const scan::Event* event = nullptr;
  uint32_t run = 0;  // attempt of the stream
  // Rules: the occurrence of each step, or kNoOccurrence.
  std::vector<uint32_t> steps;
  std::vector<uint32_t> members;  // rules: all occurrences that led to it
  vm::NodeId stage;    // the stage of the job that it happened in, if any
  int64_t skew = 0;    // how far its file's clock may be off
  uint32_t place = 0;  // of its record among the events that files gave
};

// Where an attempt of the stream ends: its last record, as an event without a
// type.
struct RunEnd {
  scan::Event event;
  bool known = false;
};

struct Timeline {
  std::vector<Occurrence> occurrences;
  std::deque<scan::Event> derived;  // the events of rules
  uint32_t runs = 1;
  std::vector<RunEnd> ends;          // per attempt
  std::vector<int64_t> begin_times;  // per file: the first stamp
};

// Stamps without a year take it from the file's previous full stamp, else from
// `default_year`, plus one when the month falls from 12 to 1. Time never runs
// backwards in a file: a smaller stamp counts as the one before.
Timeline MergeFiles(std::vector<scan::FileScan>* files, int default_year);

}  // namespace telltale::verdict
