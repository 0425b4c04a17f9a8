#include "compiler/driver/pipeline.h"

#include "compiler/driver/load.h"
#include "compiler/plan/lower.h"
#include "dsl/check/check.h"
#include "runtime/base/check.h"
#include "runtime/vm/verify.h"

namespace telltale::driver {

std::unique_ptr<Compilation> Compile(const CompileOptions& options) {
  auto compilation = std::make_unique<Compilation>();
  LoadAndParse(options.rules, compilation.get());
  if (!compilation->diags.has_errors()) {
    CheckAndLower(compilation.get());
  }
  if (!compilation->diags.has_errors() && options.self_test) {
    SelfTest(options.self_test_native, options.rules.empty(),
             compilation.get());
  }
  compilation->ok = !compilation->diags.has_errors();
  return compilation;
}

void LoadAndParse(const std::vector<std::string>& rules,
                  Compilation* compilation) {
  Loader loader(&compilation->sources, &compilation->diags);
  if (rules.empty()) {
    loader.Load("std/std.tell");
  }
  for (const std::string& path : rules) {
    loader.Load(path);
  }
  compilation->files = loader.TakeFiles();
  compilation->uses = loader.TakeUses();
}

void CheckAndLower(Compilation* compilation) {
  compilation->module =
      check::Check(compilation->files, compilation->uses, compilation->diags);
  if (!compilation->diags.has_errors()) {
    compilation->program = plan::Lower(compilation->module, compilation->diags);
  }
  if (!compilation->diags.has_errors()) {
    TT_CHECK(vm::Verify(compilation->program).has_value(),
             "what is lowered is a program");
  }
}

}  // namespace telltale::driver
