// Near misses: records that a signature would match but for the case, blanks or
// quotes. W705 for those of other signatures' hits and of a corpus; a note
// where a hit fails.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/driver/pipeline.h"
#include "compiler/plan/relax.h"
#include "runtime/input/gap.h"

namespace telltale::driver {

// The signatures of a compilation, relaxed in each way, ready to match.
class NearMisses {
 public:
  explicit NearMisses(const Compilation& compilation);
  ~NearMisses();

  // What keeps signature `signature` from matching `text`, a record of
  // `source`; nothing: more than that.
  std::optional<plan::Difference> Of(uint32_t signature, std::string_view text,
                                     vm::SourceId source);

 private:
  friend class NearMissSearch;
  struct Variant;
  std::vector<std::unique_ptr<Variant>> variants_;
};

// W705. `corpus`: logs, folders, archives; what could not be read is returned.
std::vector<input::Gap> FindNearMisses(const std::vector<std::string>& corpus,
                                       Compilation* compilation);

}  // namespace telltale::driver
