#include "compiler/driver/pipeline.h"

#include <map>

#include "compiler/driver/load.h"
#include "compiler/driver/near_misses.h"
#include "compiler/driver/prove.h"
#include "compiler/plan/evidence.h"
#include "compiler/plan/lower.h"
#include "compiler/plan/overlap.h"
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
    plan::FindMergedHoles(compilation->module, compilation->diags);
    plan::FindUselessAlternatives(compilation->module, compilation->diags);
    ProveVerdicts(compilation.get());
    compilation->unread = FindNearMisses(options.corpus, compilation.get());
  }
  if (!compilation->diags.has_errors()) {
    SettleWarnings(options.deny, options.self_test, compilation.get());
  }
  if (!compilation->diags.has_errors() && options.self_test) {
    LoadTestLogs(compilation.get());
  }
  if (!compilation->diags.has_errors() && options.self_test) {
    SelfTest({.native = options.self_test_native,
              .library_too = options.rules.empty()},
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
    plan::WarnOfWeakPatterns(compilation->module, compilation->program,
                             compilation->diags);
    TT_CHECK(vm::Verify(compilation->program).has_value(),
             "what is lowered is a program");
  }
}

void SettleWarnings(const std::vector<std::string>& deny, bool all_told,
                    Compilation* compilation) {
  // By place: an item of a template is there once, though checked often.
  std::map<uint32_t, const hir::Allow*> useless;
  for (const hir::Allow& allow : compilation->module.allows) {
    useless.emplace(allow.span.begin, &allow);
  }
  compilation->diags.DropWarnings([&](const Diagnostic& warning) {
    bool silenced = false;
    for (const hir::Allow& allow : compilation->module.allows) {
      if (warning.code == allow.code &&
          Cover(warning.span, allow.item) == allow.item) {
        useless.erase(allow.span.begin);
        silenced = true;
      }
    }
    return silenced;
  });
  if (!all_told) {
    useless.clear();
  }
  for (const auto& [at, allow] : useless) {
    compilation->diags.Emit(allow->span, diag::UselessAllow, allow->code)
        .Help("take it out: nothing is hidden without need");
  }
  compilation->diags.Deny(deny);
}

}  // namespace telltale::driver
