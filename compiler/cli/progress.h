// Progress on a terminal, for work that takes over a second.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

namespace telltale::cli {

class Progress {
 public:
  // `total` bytes are expected; 0: not known. Shows nothing unless stderr is a
  // terminal.
  explicit Progress(uint64_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  std::atomic<uint64_t>* bytes() { return &bytes_; }

 private:
  void Run();

  uint64_t total_;
  std::atomic<uint64_t> bytes_ = 0;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace telltale::cli
