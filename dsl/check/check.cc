#include "dsl/check/check.h"

#include "dsl/check/context.h"
#include "dsl/check/redundant.h"

namespace telltale::check {

hir::Module Check(std::span<const ast::File> files,
                  std::span<const std::vector<size_t>> uses,
                  std::span<const ast::Assignment> settings, DiagSink& diags) {
  Context context(diags);
  for (const ast::File& file : files) {
    CheckEdition(file, &context);
  }
  CollectNames(files, uses, settings, &context);
  CheckTaxonomies(files, &context);
  CheckParams(&context);
  CheckTables(&context);
  CheckSources(&context);
  CheckBlocks(&context);
  CheckSignatureHeads(&context);
  CheckRuleHeads(&context);
  CheckSignatures(&context);
  CheckRules(&context);
  CheckStages(&context);
  CheckTests(&context);
  CheckCycles(&context);
  CollectAllows(&context);
  if (!diags.has_errors()) {
    CheckLookups(&context);
    CheckRuleFacts(&context);
    WarnOfRedundant(&context);
    WarnOfUnits(&context);
    WarnOfUnused(files, uses, &context);
    WarnOfUnreached(&context);
  }
  return std::move(context.module);
}

}  // namespace telltale::check
