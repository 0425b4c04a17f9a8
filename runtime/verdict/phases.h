// Internal: the stages of the job that are open while a stream is read.
#pragma once

#include <map>
#include <vector>

#include "runtime/scan/engine.h"
#include "runtime/verdict/timeline.h"
#include "runtime/verdict/values.h"

namespace telltale::verdict {

class Phases {
 public:
  explicit Phases(const scan::Engine& engine)
      : engine_(engine), open_(engine.program().phases.size()) {}

  // The stage that `occurrence` happens in (the one opened last, if several are
  // open); then lets it open and close stages.
  vm::NodeId Feed(const Occurrence& occurrence);

 private:
  Key KeyOf(const vm::Phase& phase, const scan::Event& event) const;

  const scan::Engine& engine_;
  uint32_t run_ = 0;
  uint64_t clock_ = 0;
  std::vector<std::map<Key, uint64_t>> open_;  // per phase: since when
};

}  // namespace telltale::verdict
