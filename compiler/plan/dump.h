// The matching program as text, for `telltale print --stage=plan`.
#pragma once

#include <string>

#include "runtime/vm/program.h"

namespace telltale::plan {

std::string Dump(const vm::Program& program);

}  // namespace telltale::plan
