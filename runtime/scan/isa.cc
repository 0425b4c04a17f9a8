#include "runtime/scan/isa.h"

namespace telltale::scan {

namespace {

constexpr Isa kAll[] = {Isa::Baseline, Isa::V2, Isa::V3, Isa::V4};

bool Runs([[maybe_unused]] Isa isa) {
#if defined(__x86_64__)
  switch (isa) {
    case Isa::Baseline:
      return true;
    case Isa::V2:
      return __builtin_cpu_supports("ssse3") != 0;
    case Isa::V3:
      return __builtin_cpu_supports("avx2") != 0;
    case Isa::V4:
      return __builtin_cpu_supports("avx512bw") != 0 &&
             __builtin_cpu_supports("avx2") != 0;
  }
  return false;
#else
  return isa == Isa::Baseline;
#endif
}

}  // namespace

std::vector<Isa> UsableIsas() {
  std::vector<Isa> usable;
  for (const Isa isa : kAll) {
    if (Runs(isa)) {
      usable.push_back(isa);
    }
  }
  return usable;
}

Isa DetectIsa() {
  return UsableIsas().back();
}

std::string_view IsaName(Isa isa) {
  switch (isa) {
    case Isa::Baseline:
      return "baseline";
    case Isa::V2:
      return "v2";
    case Isa::V3:
      return "v3";
    case Isa::V4:
      return "v4";
  }
  return "baseline";
}

std::optional<Isa> IsaNamed(std::string_view name) {
  for (const Isa isa : kAll) {
    if (IsaName(isa) == name) {
      return isa;
    }
  }
  return std::nullopt;
}

}  // namespace telltale::scan
