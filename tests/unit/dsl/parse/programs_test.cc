// Programs of the size that people write, with every part of the language.
#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "dsl/diag/render.h"
#include "dsl/parse/parser.h"

namespace telltale {
namespace {

TEST_CASE("the example packs parse") {
  std::vector<std::string> paths;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator("examples")) {
    if (entry.path().extension() == ".tell") {
      paths.push_back(entry.path().string());
    }
  }
  REQUIRE(paths.size() == 4);
  for (const std::string& path : paths) {
    SourceMap sources;
    DiagSink diags;
    const auto source = sources.Load(path);
    REQUIRE(source.has_value());
    const ast::File file = Parse(sources, *source, diags);
    CHECK(RenderLines(sources, diags.TakeSorted()) == "");
    CHECK(!file.items.empty());
  }
}

}  // namespace
}  // namespace telltale
