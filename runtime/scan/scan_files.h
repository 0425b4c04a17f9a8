// ScanFiles: files in parallel, results in order; threads without a file help
// with the large ones (search_ahead.h). What a file holds does not depend on
// how many threads there are.
#pragma once

#include <atomic>
#include <span>
#include <vector>

#include "runtime/input/collect.h"
#include "runtime/scan/engine.h"
#include "runtime/scan/event.h"
#include "runtime/scan/limits.h"

namespace telltale::scan {

struct ScanOptions {
  unsigned jobs = 1;                          // threads
  vm::SourceId source;                        // forced; invalid: choose
  std::atomic<uint64_t>* progress = nullptr;  // bytes read
  size_t stretch = kStretchBytes;  // bytes of a large file that a thread takes
};

struct PathScan {
  std::vector<FileScan> files;  // more than one for an archive
  std::vector<Gap> unread;
};

// One result per path, in order.
std::vector<PathScan> ScanFiles(const Engine& engine,
                                std::span<const input::InputPath> paths,
                                const ScanOptions& options);

}  // namespace telltale::scan
