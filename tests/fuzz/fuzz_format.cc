// Any bytes as a rule file: what parses is laid out so that it means the same,
// and laying it out again changes nothing.
#include <cstdint>
#include <string>

#include "dsl/ast/dump.h"
#include "dsl/format/format.h"
#include "dsl/parse/parser.h"
#include "runtime/base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace telltale;
  SourceMap sources;
  DiagSink diags;
  const auto parsed = [&](std::string text) {
    return Parse(sources, sources.Add("rules.tell", std::move(text)), diags);
  };
  const ast::File before =
      parsed(std::string(reinterpret_cast<const char*>(data), size));
  if (diags.has_errors()) {
    return 0;
  }
  const std::string once = Format(sources, before);
  const ast::File after = parsed(once);
  TT_CHECK(!diags.has_errors(), "what is laid out parses");
  TT_CHECK(ast::Dump(before) == ast::Dump(after), "it means the same");
  TT_CHECK(Format(sources, after) == once, "twice is once");
  return 0;
}
