// The matching program as text, for `telltale print --stage=plan`.
#pragma once

#include <string>

#include "runtime/vm/program.h"

namespace telltale::plan {

std::string Dump(const vm::Program& program);

// The gram in brackets, in what stands around it: "out of me[mory]: ".
std::string PhraseText(const vm::Phrase& phrase);

}  // namespace telltale::plan
