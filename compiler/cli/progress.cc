#include "compiler/cli/progress.h"

#include <chrono>
#include <cstdio>
#include <unistd.h>

#include <fmt/format.h>

namespace telltale::cli {

Progress::Progress(uint64_t total) : total_(total) {
  if (isatty(STDERR_FILENO) != 0) {
    thread_ = std::thread([this] { Run(); });
  }
}

Progress::~Progress() {
  if (!thread_.joinable()) {
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  stop_.notify_all();
  thread_.join();
}

void Progress::Run() {
  std::unique_lock lock(mutex_);
  bool shown = false;
  auto wait = std::chrono::milliseconds(1000);
  while (!stop_.wait_for(lock, wait, [this] { return stopped_; })) {
    const double done = static_cast<double>(bytes_.load()) / 1e6;
    std::string text = fmt::format("\r{:.0f} MB read", done);
    if (total_ > 0) {
      text += fmt::format(" of {:.0f} MB ({:.0f} %)",
                          static_cast<double>(total_) / 1e6,
                          100e6 * done / static_cast<double>(total_));
    }
    text += "\x1b[K";
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
    shown = true;
    wait = std::chrono::milliseconds(200);
  }
  if (shown) {
    std::fputs("\r\x1b[K", stderr);
  }
}

}  // namespace telltale::cli
