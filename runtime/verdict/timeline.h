// Timeline: the events of one stream (one file, or the files of a directory) in
// one order. Files are merged by time; ties, and files without a clock, go by
// file, then offset.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "runtime/scan/event.h"

namespace telltale::verdict {

// An event in stream order. A rule's firing is one too.
struct Occurrence {
  const scan::Event* event = nullptr;
  uint32_t run = 0;             // attempt of the stream
  std::vector<uint32_t> steps;  // rules: the occurrence of each step
};

struct Timeline {
  std::vector<Occurrence> occurrences;
  std::deque<scan::Event> derived;  // the events of rules
  uint32_t runs = 1;
};

// Stamps without a year take it from the file's previous full stamp, else from
// `default_year`, plus one when the month falls from 12 to 1. Time never runs
// backwards in a file: a smaller stamp counts as the one before.
Timeline MergeFiles(std::vector<scan::FileScan>* files, int default_year);

}  // namespace telltale::verdict
