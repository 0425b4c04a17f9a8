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

void MendTimes(scan::FileScan* file, int default_year) {
  int year = default_year;
  unsigned month = 0;
  int64_t latest = kNoTime;
  for (scan::Event& event : file->events) {
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
  for (scan::RunEnd& end : file->ends) {
    if (end.time != kNoTime && !end.has_year) {
      end.time = WithYear(end.time, year);
    }
  }
  if (!file->ends.empty() && file->ends.back().time != kNoTime) {
    file->ends.back().time = std::max(file->ends.back().time, latest);
  }
}

// The last record of each attempt: of several files the one that goes on
// longest.
std::vector<RunEnd> EndsOf(const std::vector<scan::FileScan>& files,
                           uint32_t runs) {
  std::vector<RunEnd> ends(runs);
  for (uint32_t f = 0; f < files.size(); ++f) {
    const std::vector<scan::RunEnd>& own = files[f].ends;
    for (size_t k = 0; k < own.size(); ++k) {
      // A file without attempts of its own lasts until the last one.
      RunEnd& end = ends[own.size() == 1 ? runs - 1 : k];
      if (own[k].line == 0 || (end.known && own[k].time <= end.event.time)) {
        continue;
      }
      end.known = true;
      end.event.file = f;
      end.event.line = own[k].line;
      end.event.offset = own[k].offset;
      end.event.time = own[k].time;
      end.event.text = own[k].text;
    }
  }
  return ends;
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
    MendTimes(&(*files)[f], default_year);
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
    Occurrence occurrence;
    occurrence.event = &event;
    occurrence.run = file.runs > 1 ? event.run : run;
    timeline.occurrences.push_back(std::move(occurrence));
    if (++head.at < file.events.size()) {
      head.time = std::max(head.time, file.events[head.at].time);
      heads.push(head);
    }
  }
  // Files may disagree a little about when an attempt began.
  std::stable_sort(
      timeline.occurrences.begin(), timeline.occurrences.end(),
      [](const Occurrence& a, const Occurrence& b) { return a.run < b.run; });
  for (const scan::FileScan& file : *files) {
    timeline.runs = std::max(timeline.runs, file.runs);
    timeline.begin_times.push_back(file.begin_time);
  }
  timeline.ends = EndsOf(*files, timeline.runs);
  return timeline;
}

}  // namespace telltale::verdict
