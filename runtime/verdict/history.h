// Internal: the last values of one value of a step, per kind of event and key:
// what prev, mean, min and max look at. Bytes per key are known when the rule
// is: `count` values each.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "runtime/verdict/values.h"

namespace telltale::verdict {

class History {
 public:
  // At most `capacity` keys; the least recently noted goes first.
  History(const vm::Derived& shape, size_t capacity)
      : shape_(shape), capacity_(capacity) {}

  // The derived value before `value`'s event; absent if there were too few.
  [[nodiscard]] vm::Value Of(vm::EventId kind, const Key& key,
                             vm::Type type) const;
  // A value that is absent leaves no trace. True: a key was dropped.
  bool Note(vm::EventId kind, const Key& key, const vm::Value& value);
  void Clear() { series_.clear(); }

 private:
  struct Series {
    std::deque<vm::Value> values;  // the latest last; texts live in the events
    uint64_t noted = 0;
  };

  vm::Derived shape_;
  size_t capacity_;
  uint64_t clock_ = 0;
  std::map<std::pair<vm::EventId, Key>, Series> series_;
};

}  // namespace telltale::verdict
