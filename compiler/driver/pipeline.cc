#include "compiler/driver/pipeline.h"

#include "compiler/driver/load.h"
#include "compiler/plan/lower.h"
#include "dsl/check/check.h"
#include "dsl/parse/parser.h"
#include "runtime/base/check.h"
#include "runtime/vm/verify.h"

namespace telltale::driver {

std::unique_ptr<Compilation> Compile(const CompileOptions& options) {
  auto compilation = std::make_unique<Compilation>();
  LoadAndParse(options.rules, compilation.get());
  ParseSettings(options.settings, compilation.get());
  if (!compilation->diags.has_errors()) {
    CheckAndLower(compilation.get());
  }
  if (!compilation->diags.has_errors() && options.self_test) {
    LoadTestLogs(compilation.get());
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

void ParseSettings(const std::vector<std::string>& settings,
                   Compilation* compilation) {
  for (const std::string& setting : settings) {
    // The language has one place where params get values from outside.
    const SourceId id =
        compilation->sources.Add("--set", "use \"\" with " + setting);
    ast::File file = Parse(compilation->sources, id, compilation->diags);
    for (ast::Use& use : file.uses) {
      for (ast::Assignment& given : use.with) {
        compilation->settings.push_back(std::move(given));
      }
    }
  }
}

void CheckAndLower(Compilation* compilation) {
  compilation->module = check::Check(compilation->files, compilation->uses,
                                     compilation->settings, compilation->diags);
  if (!compilation->diags.has_errors()) {
    compilation->program = plan::Lower(compilation->module, compilation->diags);
  }
  if (!compilation->diags.has_errors()) {
    TT_CHECK(vm::Verify(compilation->program).has_value(),
             "what is lowered is a program");
  }
}

}  // namespace telltale::driver
