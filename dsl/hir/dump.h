// The checked module as text, for `telltale print --stage=hir`.
#pragma once

#include <string>

#include "dsl/hir/module.h"

namespace telltale::hir {

std::string Dump(const Module& module);

}  // namespace telltale::hir
