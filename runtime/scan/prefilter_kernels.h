// Internal: the vector kernels of the prefilter, one per ISA level.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/scan/prefilter.h"

namespace telltale::scan {

// How many places a kernel call may leave in the queue.
inline constexpr size_t kKernelQueue = 4096;

struct KernelResult {
  size_t next = 0;   // where to go on
  size_t count = 0;  // places in the queue, ascending
};

// Puts the places from `at` on that may begin a gram into `queue`, until the
// queue might overflow or the text ends. Reads only inside the text.
KernelResult RunKernel(const Prefilter::Tables& tables, const uint8_t* text,
                       size_t size, size_t at, Isa isa, uint32_t* queue);

}  // namespace telltale::scan
