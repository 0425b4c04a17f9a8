#include "runtime/verdict/history.h"

#include <algorithm>
#include <cmath>

namespace telltale::verdict {

namespace {

// Integers as wide as the sum of 10,000 of them needs.
__extension__ using Wide = __int128;

vm::Value Mean(const std::deque<vm::Value>& values) {
  vm::Value mean = values.front();
  const auto count = static_cast<int64_t>(values.size());
  if (mean.rep() == vm::Rep::Float) {
    double sum = 0;
    for (const vm::Value& value : values) {
      sum += value.f;
    }
    mean.f = sum / static_cast<double>(count);
    return mean;
  }
  Wide sum = 0;
  for (const vm::Value& value : values) {
    sum += value.i;
  }
  // To the nearest; halves away from zero.
  const Wide half = sum < 0 ? -(count / 2) : count / 2;
  mean.i = static_cast<int64_t>((sum + half) / count);
  return mean;
}

}  // namespace

vm::Value History::Of(vm::EventId kind, const Key& key, vm::Type type) const {
  vm::Value absent;
  absent.type = type;
  const auto found = series_.find({kind, key});
  if (found == series_.end() ||
      found->second.values.size() < size_t{shape_.count}) {
    return absent;
  }
  const std::deque<vm::Value>& values = found->second.values;
  const auto less = [](const vm::Value& a, const vm::Value& b) {
    return vm::CompareValues(a, b) < 0;
  };
  switch (shape_.kind) {
    case vm::Derived::Kind::Previous:
      return values.front();
    case vm::Derived::Kind::Mean:
      return Mean(values);
    case vm::Derived::Kind::Least:
      return *std::min_element(values.begin(), values.end(), less);
    case vm::Derived::Kind::Most:
      return *std::max_element(values.begin(), values.end(), less);
    case vm::Derived::Kind::Matches:
      break;
  }
  return absent;
}

bool History::Note(vm::EventId kind, const Key& key, const vm::Value& value) {
  if (!value.present) {
    return false;
  }
  bool dropped = false;
  const auto found = series_.find({kind, key});
  if (found == series_.end() && series_.size() >= capacity_) {
    series_.erase(std::min_element(series_.begin(), series_.end(),
                                   [](const auto& a, const auto& b) {
                                     return a.second.noted < b.second.noted;
                                   }));
    dropped = true;
  }
  Series& series = series_[{kind, key}];
  series.noted = ++clock_;
  series.values.push_back(value);
  if (series.values.size() > size_t{shape_.count}) {
    series.values.pop_front();
  }
  return dropped;
}

}  // namespace telltale::verdict
