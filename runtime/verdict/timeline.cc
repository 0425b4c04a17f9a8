#include "runtime/verdict/timeline.h"

#include <algorithm>
#include <chrono>
#include <queue>

namespace telltale::verdict {

namespace {

using scan::kNoTime;

constexpr int64_t kNanosecondsPerDay = 86'400'000'000'000;

std::chrono::year_month_day DateOf(int64_t time) {
  int64_t days = time / kNanosecondsPerDay;
  if (time % kNanosecondsPerDay < 0) {
    --days;
  }
  return std::chrono::sys_days(std::chrono::days(days));
}

int64_t WithYear(int64_t time, int year) {
  const std::chrono::year_month_day date = DateOf(time);
  const int64_t within_day =
      time - std::chrono::sys_days(date).time_since_epoch().count() *
                 kNanosecondsPerDay;
  const std::chrono::year_month_day moved(std::chrono::year(year), date.month(),
                                          date.day());
  return std::chrono::sys_days(moved).time_since_epoch().count() *
             kNanosecondsPerDay +
         within_day;
}

void MendTimes(std::vector<scan::Event>* events, int default_year) {
  int year = default_year;
  unsigned month = 0;
  int64_t latest = kNoTime;
  for (scan::Event& event : *events) {
    if (event.time == kNoTime) {
      continue;
    }
    const std::chrono::year_month_day date = DateOf(event.time);
    if (event.has_year) {
      year = static_cast<int>(date.year());
    } else {
      if (month == 12 && static_cast<unsigned>(date.month()) == 1) {
        ++year;
      }
      event.time = WithYear(event.time, year);
      event.has_year = true;
    }
    month = static_cast<unsigned>(date.month());
    event.time = std::max(event.time, latest);
    latest = event.time;
  }
}

}  // namespace

Timeline MergeFiles(std::vector<scan::FileScan>* files, int default_year) {
  struct Head {
    int64_t time = kNoTime;
    size_t file = 0;
    size_t at = 0;
  };
  const auto later = [](const Head& a, const Head& b) {
    return a.time != b.time ? a.time > b.time : a.file > b.file;
  };
  std::priority_queue<Head, std::vector<Head>, decltype(later)> heads(later);
  for (size_t f = 0; f < files->size(); ++f) {
    std::vector<scan::Event>& events = (*files)[f].events;
    MendTimes(&events, default_year);
    if (!events.empty()) {
      heads.push({events.front().time, f, 0});
    }
  }
  Timeline timeline;
  uint32_t run = 0;
  while (!heads.empty()) {
    Head head = heads.top();
    heads.pop();
    const scan::FileScan& file = (*files)[head.file];
    const scan::Event& event = file.events[head.at];
    // A file without attempts of its own belongs to the attempt at hand.
    run = std::max(run, event.run);
    timeline.occurrences.push_back(
        {&event, file.runs > 1 ? event.run : run, {}});
    if (++head.at < file.events.size()) {
      head.time = std::max(head.time, file.events[head.at].time);
      heads.push(head);
    }
  }
  for (const scan::FileScan& file : *files) {
    timeline.runs = std::max(timeline.runs, file.runs);
  }
  return timeline;
}

}  // namespace telltale::verdict
