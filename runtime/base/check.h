// TT_CHECK(cond, "why"): our own mistakes, always on. No input may reach one.
// TT_DCHECK: costly invariants, kept only in builds with TT_DCHECKS.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace telltale {

[[noreturn]] inline void CheckFailed(const char* file, int line,
                                     const char* condition, const char* why) {
  std::fprintf(stderr, "telltale: internal error at %s:%d: %s (%s)\n", file,
               line, condition, why);
  std::abort();
}

}  // namespace telltale

#define TT_CHECK(condition, why)      \
  ((condition) ? static_cast<void>(0) \
               : ::telltale::CheckFailed(__FILE__, __LINE__, #condition, why))

#ifdef TT_DCHECKS
#define TT_DCHECK(condition, why) TT_CHECK(condition, why)
#else
#define TT_DCHECK(condition, why) static_cast<void>(0)
#endif
