// Loader: reads rule files and the files they use, each once, used files
// first.
#pragma once

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

 private:
  enum class State { Loading, Done };

  // `used_at`: the `use` that names it; empty for a command line argument.
  void Visit(const std::string& path, Span used_at);

  SourceMap& sources_;
  DiagSink& diags_;
  std::vector<std::pair<std::string, State>> seen_;
  std::vector<ast::File> files_;
};

}  // namespace telltale::driver
