// Lays rule files out, for `telltale fmt`: parse, then format.
#pragma once

#include <memory>
#include <string>

#include "dsl/diag/diagnostic.h"
#include "dsl/source/source_map.h"

namespace telltale::driver {

struct Formatting {
  SourceMap sources;
  DiagSink diags;
  std::string text;  // empty if `diags` has errors
};

// `name` is what diagnostics call the file.
std::unique_ptr<Formatting> FormatRules(const std::string& name,
                                        std::string text);

}  // namespace telltale::driver
