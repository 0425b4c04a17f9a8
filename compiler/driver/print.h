// What a stage made, as text.
#pragma once

#include <string>
#include <string_view>

#include "compiler/driver/pipeline.h"
#include "runtime/scan/isa.h"

namespace telltale::driver {

// `stage`: ast, hir, plan or llvm. Empty if the compilation did not get there.
std::string PrintStage(const Compilation& compilation, std::string_view stage,
                       scan::Isa isa);

}  // namespace telltale::driver
