// learn: a first signature from one line of a log.
#pragma once

#include <string>
#include <string_view>

#include "runtime/base/result.h"

namespace telltale::driver {

// Rule text with one `sig` that matches `message`: what changes from line to
// line (numbers, sizes, times, paths, addresses, ids, quoted names) becomes
// typed holes, the rest stays. It has been compiled, and its `hit` matches.
// Fails if too little of the line would stay.
Result<std::string> Learn(std::string_view message);

}  // namespace telltale::driver
