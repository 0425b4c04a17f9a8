#include "compiler/driver/print.h"

#include "compiler/jit/jit.h"
#include "compiler/plan/dump.h"
#include "dsl/ast/dump.h"
#include "dsl/hir/dump.h"

namespace telltale::driver {

std::string PrintStage(const Compilation& compilation, std::string_view stage,
                       scan::Isa isa) {
  if (stage == "ast") {
    std::string out;
    for (const ast::File& file : compilation.files) {
      out += ast::Dump(file);
    }
    return out;
  }
  if (!compilation.ok) {
    return "";
  }
  if (stage == "hir") {
    return hir::Dump(compilation.module);
  }
  return stage == "plan" ? plan::Dump(compilation.program)
                         : jit::EmitIr(compilation.program,
                                       {std::string(scan::IsaName(isa))});
}

}  // namespace telltale::driver
