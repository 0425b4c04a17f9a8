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

// All that a file says, in the order of its records.
std::vector<scan::Event*> InOrder(scan::FileScan* file) {
  std::vector<scan::Event*> all;
  all.reserve(file->events.size() + file->census.size());
  for (auto* events : {&file->census, &file->events}) {
    for (scan::Event& event : *events) {
      all.push_back(&event);
    }
  }
  std::inplace_merge(
      all.begin(),
      all.begin() + static_cast<std::ptrdiff_t>(file->census.size()), all.end(),
      [](const scan::Event* a, const scan::Event* b) {
        return a->offset < b->offset;
      });
  return all;
}

void MendTimes(const std::vector<scan::Event*>& events, int default_year,
               scan::FileScan* file) {
  int year = default_year;
  unsigned month = 0;
  int64_t latest = kNoTime;
  for (scan::Event* const at : events) {
    scan::Event& event = *at;
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
  std::vector<std::vector<scan::Event*>> events;
  for (size_t f = 0; f < files->size(); ++f) {
    events.push_back(InOrder(&(*files)[f]));
    MendTimes(events[f], default_year, &(*files)[f]);
    if (!events[f].empty()) {
      heads.push({events[f].front()->time, f, 0});
    }
  }
  Timeline timeline;
  uint32_t run = 0;
  while (!heads.empty()) {
    Head head = heads.top();
    heads.pop();
    const scan::FileScan& file = (*files)[head.file];
    const scan::Event& event = *events[head.file][head.at];
    // A file without attempts of its own belongs to the attempt at hand.
    run = std::max(run, event.run);
    Occurrence occurrence;
    occurrence.event = &event;
    occurrence.skew = file.skew;
    occurrence.run = file.runs > 1 ? event.run : run;
    timeline.occurrences.push_back(std::move(occurrence));
    if (++head.at < events[head.file].size()) {
      head.time = std::max(head.time, events[head.file][head.at]->time);
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
