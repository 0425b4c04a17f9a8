// SearchAhead: lets idle threads run the prefilter over the stretches of a file
// that one thread reads and scans. What a record means can hang on the records
// before it (time, blocks, attempts); where phrases stand does not, and finding
// them is most of the work on a log with few findings.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/scan/engine.h"
#include "runtime/scan/file_scanner.h"

namespace telltale::scan {

// Complete records, and where phrases stand in them.
struct Stretch {
  enum class State : uint8_t { New, Busy, Searched };
  std::string bytes;
  std::vector<Prefilter::Hit> hits;
  State state = State::New;
};

// Stretches of all files that wait to be searched. Any number of threads. The
// lock is taken twice a stretch.
class SearchPool {
 public:
  // `helpers`: how many threads will call Help.
  SearchPool(const Engine& engine, unsigned helpers)
      : engine_(engine), helpers_(helpers) {}

  // Is there a thread with nothing better to do?
  bool HasHelpers();
  // One more thread will call Help.
  void AddHelper();

  void Submit(std::shared_ptr<Stretch> stretch);
  // Returns once the stretch is searched; searches in the meantime.
  void Await(const Stretch& stretch);
  // Searches until Close.
  void Help();
  void Close();

 private:
  // Searches one stretch that is new; false: there is none. Lets go of the lock
  // while it does.
  bool SearchOne(std::unique_lock<std::mutex>* lock);

  const Engine& engine_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<Stretch>> waiting_;
  unsigned helpers_;
  bool closed_ = false;
};

// Feeds one file to its scanner, through the pool while that has helpers.
class AheadFeeder {
 public:
  // `stretch`: how many bytes are searched at once.
  AheadFeeder(SearchPool* pool, FileScanner* scanner, size_t stretch)
      : pool_(*pool), scanner_(*scanner), stretch_(stretch) {}

  void Chunk(std::string_view bytes);
  // Call once, at the end of the file: all bytes are with the scanner then.
  void Flush();

 private:
  void Cut();
  void RetireOldest();

  SearchPool& pool_;
  FileScanner& scanner_;
  size_t stretch_;
  std::string open_;                              // not yet cut into stretches
  std::deque<std::shared_ptr<Stretch>> pending_;  // in the order of the file
};

}  // namespace telltale::scan
