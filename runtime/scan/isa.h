// Instruction set levels the scanner has kernels for. Results never depend on
// the level; `--isa` forces one, for tests and for measuring.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace telltale::scan {

enum class Isa {
  Baseline,  // any x86-64 (and the plain C++ for other machines)
  V2,        // SSSE3
  V3,        // AVX2
  V4,        // AVX-512 BW
};

// The highest level this machine runs.
Isa DetectIsa();

// All levels this machine runs, lowest first.
std::vector<Isa> UsableIsas();

std::string_view IsaName(Isa isa);
std::optional<Isa> IsaNamed(std::string_view name);

}  // namespace telltale::scan
