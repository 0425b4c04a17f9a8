// Renders diagnostics: for people with source lines and carets, as one line
// each (tests, editors), and as JSON.
#pragma once

#include <span>
#include <string>

#include "dsl/diag/diagnostic.h"
#include "dsl/source/source_map.h"

namespace telltale {

struct RenderOptions {
  bool color = false;
};

std::string RenderText(const SourceMap& sources,
                       std::span<const Diagnostic> diagnostics,
                       const RenderOptions& options);

// file:line:column: error: message [E101]
std::string RenderLines(const SourceMap& sources,
                        std::span<const Diagnostic> diagnostics);

// One array of objects; columns count code points from 1, `offset` bytes.
std::string RenderJson(const SourceMap& sources,
                       std::span<const Diagnostic> diagnostics);

std::string_view SeverityName(Severity severity);

}  // namespace telltale
