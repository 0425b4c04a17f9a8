// Internal: headers of JSON records.
#pragma once

#include <string_view>

#include "runtime/scan/header.h"

namespace telltale::scan {

// If `text` is a JSON object that has the message of `source` as a string: sets
// message and fields and returns true. Numbers and other values become their
// text; members that are missing are absent fields.
bool ParseJson(const vm::Source& source, std::string_view text, Header* header);

}  // namespace telltale::scan
