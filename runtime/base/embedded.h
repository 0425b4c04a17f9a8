// Texts that are part of the program: the standard library's rule files and
// the pages about diagnostics. Both functions are generated at build time into
// the target telltale_stdlib; whoever calls them links it.
#pragma once

#include <span>
#include <string_view>

namespace telltale {

struct EmbeddedFile {
  std::string_view name;  // path below its folder: "gpu/memory.tell"
  std::string_view text;
};

// The files of stdlib/, sorted by name.
std::span<const EmbeddedFile> StdlibFiles();

// The pages of docs/diagnostics/, sorted by name: "E101.md".
std::span<const EmbeddedFile> DiagnosticPages();

}  // namespace telltale
