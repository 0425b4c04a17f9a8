// Loader: reads rule files and the files they use, each once, used files
// first (in a ring: as far as that goes).
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "dsl/ast/ast.h"
#include "dsl/diag/diagnostic.h"
#include "dsl/source/source_map.h"

namespace telltale::driver {

class Loader {
 public:
  Loader(SourceMap* sources, DiagSink* diags)
      : sources_(*sources), diags_(*diags) {}

  // A path, or `std/NAME` for a file of the built-in library. What cannot be
  // read is a diagnostic.
  void Load(const std::string& path) { Visit(path, {}); }

  std::vector<ast::File> TakeFiles() { return std::move(files_); }
  // Per file and `use` of it: the index of that file, or check::kNoFile.
  std::vector<std::vector<size_t>> TakeUses();

 private:
  // `used_at`: the `use` that names it; empty for a command line argument.
  void Visit(const std::string& path, Span used_at);

  SourceMap& sources_;
  DiagSink& diags_;
  std::set<std::string> begun_;
  std::map<std::string, size_t> files_by_path_;  // read to the end
  std::vector<ast::File> files_;
  std::vector<std::vector<std::string>> uses_;  // per file: paths
};

}  // namespace telltale::driver
