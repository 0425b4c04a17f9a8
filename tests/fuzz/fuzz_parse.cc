// Any bytes as a rule file: the stages of the driver answer with diagnostics
// inside the file, or with a program that is safe to run. Examples run, on the
// interpreter.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/driver/pipeline.h"
#include "compiler/driver/print.h"
#include "dsl/diag/render.h"
#include "dsl/parse/parser.h"
#include "runtime/base/check.h"
#include "runtime/vm/verify.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace telltale {
namespace {

void CheckDiagnostics(driver::Compilation* compilation, Span file) {
  const std::vector<Diagnostic> diagnostics = compilation->diags.TakeSorted();
  for (const Diagnostic& diagnostic : diagnostics) {
    // One past the end stands for the end of the file.
    TT_CHECK(diagnostic.span.begin >= file.begin &&
                 diagnostic.span.begin <= diagnostic.span.end &&
                 diagnostic.span.end <= file.end + 1,
             "a diagnostic lies inside its file");
    TT_CHECK(!diagnostic.message.empty(), "a diagnostic says something");
  }
  TT_CHECK(RenderText(compilation->sources, diagnostics, {}).empty() ==
               diagnostics.empty(),
           "what is wrong can be shown");
  RenderJson(compilation->sources, diagnostics);
}

}  // namespace
}  // namespace telltale

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace telltale;
  constexpr size_t kLongest = 4096;  // time, not correctness
  if (size > kLongest) {
    return 0;
  }
  driver::Compilation compilation;
  const SourceId id = compilation.sources.Add(
      "rules.tell", std::string(reinterpret_cast<const char*>(data), size));
  const uint32_t begin = compilation.sources.begin(id);
  compilation.files.push_back(
      Parse(compilation.sources, id, compilation.diags));
  compilation.uses.emplace_back();  // `use` finds nothing
  driver::PrintStage(compilation, "ast", scan::Isa::V2);
  if (!compilation.diags.has_errors()) {
    driver::CheckAndLower(&compilation);
  }
  if (!compilation.diags.has_errors()) {
    TT_CHECK(vm::Verify(compilation.program).has_value(),
             "what compiles can be run");
    compilation.ok = true;
    driver::PrintStage(compilation, "hir", scan::Isa::V2);
    driver::PrintStage(compilation, "plan", scan::Isa::V2);
    driver::SelfTest({.native = false}, &compilation);
  }
  CheckDiagnostics(&compilation, {begin, begin + static_cast<uint32_t>(size)});
  return 0;
}
