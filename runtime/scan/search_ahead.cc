#include "runtime/scan/search_ahead.h"

#include <algorithm>
#include <utility>

#include "runtime/scan/limits.h"

namespace telltale::scan {

// -------------------------------------------------------------------- pool

bool SearchPool::HasHelpers() {
  const std::lock_guard lock(mutex_);
  return helpers_ > 0;
}

void SearchPool::AddHelper() {
  const std::lock_guard lock(mutex_);
  ++helpers_;
}

void SearchPool::Submit(std::shared_ptr<Stretch> stretch) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(stretch));
  }
  changed_.notify_one();
}

bool SearchPool::SearchOne(std::unique_lock<std::mutex>* lock) {
  if (waiting_.empty()) {
    return false;
  }
  const std::shared_ptr<Stretch> stretch = std::move(waiting_.front());
  waiting_.pop_front();
  stretch->state = Stretch::State::Busy;
  lock->unlock();
  engine_.prefilter().Find(stretch->bytes, engine_.isa(), &stretch->hits);
  lock->lock();
  stretch->state = Stretch::State::Searched;
  changed_.notify_all();
  return true;
}

void SearchPool::Await(const Stretch& stretch) {
  std::unique_lock lock(mutex_);
  while (stretch.state != Stretch::State::Searched) {
    if (!SearchOne(&lock)) {
      changed_.wait(lock);
    }
  }
}

void SearchPool::Help() {
  std::unique_lock lock(mutex_);
  while (true) {
    if (!SearchOne(&lock)) {
      if (closed_) {
        return;
      }
      changed_.wait(lock);
    }
  }
}

void SearchPool::Close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  changed_.notify_all();
}

// ------------------------------------------------------------------ feeder

void AheadFeeder::Chunk(std::string_view bytes) {
  if (open_.empty() && pending_.empty() && !pool_.HasHelpers()) {
    scanner_.Chunk(bytes);  // without a copy
    return;
  }
  while (!bytes.empty()) {
    const size_t take =
        std::min(bytes.size(), stretch_ - std::min(stretch_, open_.size()));
    open_.append(bytes.substr(0, take));
    bytes.remove_prefix(take);
    if (open_.size() >= stretch_) {
      Cut();
    }
  }
}

void AheadFeeder::Cut() {
  const size_t newline = open_.rfind('\n');
  if (newline == std::string::npos) {  // inside a long record
    Flush();
    return;
  }
  auto stretch = std::make_shared<Stretch>();
  std::string rest = open_.substr(newline + 1);
  open_.resize(newline + 1);
  stretch->bytes = std::exchange(open_, std::move(rest));
  pending_.push_back(stretch);
  pool_.Submit(std::move(stretch));
  while (pending_.size() > kSearchedAhead) {
    RetireOldest();
  }
}

void AheadFeeder::RetireOldest() {
  const std::shared_ptr<Stretch> oldest = std::move(pending_.front());
  pending_.pop_front();
  pool_.Await(*oldest);
  scanner_.SearchedChunk(oldest->bytes, oldest->hits);
}

void AheadFeeder::Flush() {
  while (!pending_.empty()) {
    RetireOldest();
  }
  scanner_.Chunk(std::exchange(open_, {}));
}

}  // namespace telltale::scan
