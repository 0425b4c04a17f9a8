#include "runtime/scan/prefilter_kernels.h"

#include <algorithm>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace telltale::scan {

namespace {

// Plain C++: the end of a text, and machines without a vector kernel.
KernelResult RunPlain(const Prefilter::Tables& tables, const uint8_t* text,
                      size_t size, size_t at, size_t stop, size_t count,
                      uint32_t* queue) {
  for (; at < stop && count < kKernelQueue; ++at) {
    // At the end short grams may still fit.
    const size_t positions = std::min<size_t>(tables.positions, size - at);
    uint8_t buckets = 0xff;
    for (size_t k = 0; k < positions; ++k) {
      const uint8_t byte = text[at + k];
      buckets = static_cast<uint8_t>(buckets & tables.low[k][byte & 15u] &
                                     tables.high[k][byte >> 4u]);
    }
    if (buckets != 0) {
      queue[count++] = static_cast<uint32_t>(at);
    }
  }
  return {at, count};
}

#if defined(__x86_64__)

// Each kernel handles `width` places a step and reads up to 3 bytes more.

__attribute__((target("ssse3"))) KernelResult
RunV2(const Prefilter::Tables& tables, const uint8_t* text, size_t size,
      size_t at, uint32_t* queue) {
  constexpr size_t kWidth = 16;
  const size_t positions = tables.positions;
  __m128i low[4];
  __m128i high[4];
  for (size_t k = 0; k < positions; ++k) {
    low[k] =
        _mm_loadu_si128(reinterpret_cast<const __m128i*>(tables.low[k].data()));
    high[k] = _mm_loadu_si128(
        reinterpret_cast<const __m128i*>(tables.high[k].data()));
  }
  const __m128i nibble = _mm_set1_epi8(15);
  const __m128i zero = _mm_setzero_si128();
  size_t count = 0;
  while (at + kWidth + positions - 1 <= size &&
         count + kWidth <= kKernelQueue) {
    __m128i buckets = _mm_set1_epi8(-1);
    for (size_t k = 0; k < positions; ++k) {
      const __m128i bytes =
          _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + at + k));
      const __m128i lo = _mm_shuffle_epi8(low[k], _mm_and_si128(bytes, nibble));
      const __m128i hi = _mm_shuffle_epi8(
          high[k], _mm_and_si128(_mm_srli_epi16(bytes, 4), nibble));
      buckets = _mm_and_si128(buckets, _mm_and_si128(lo, hi));
    }
    auto places = static_cast<uint32_t>(
        ~_mm_movemask_epi8(_mm_cmpeq_epi8(buckets, zero)) & 0xffff);
    while (places != 0) {
      queue[count++] = static_cast<uint32_t>(at) +
                       static_cast<uint32_t>(__builtin_ctz(places));
      places &= places - 1;
    }
    at += kWidth;
  }
  return {at, count};
}

__attribute__((target("avx2"))) KernelResult
RunV3(const Prefilter::Tables& tables, const uint8_t* text, size_t size,
      size_t at, uint32_t* queue) {
  constexpr size_t kWidth = 32;
  const size_t positions = tables.positions;
  __m256i low[4];
  __m256i high[4];
  for (size_t k = 0; k < positions; ++k) {
    low[k] = _mm256_broadcastsi128_si256(_mm_loadu_si128(
        reinterpret_cast<const __m128i*>(tables.low[k].data())));
    high[k] = _mm256_broadcastsi128_si256(_mm_loadu_si128(
        reinterpret_cast<const __m128i*>(tables.high[k].data())));
  }
  const __m256i nibble = _mm256_set1_epi8(15);
  const __m256i zero = _mm256_setzero_si256();
  size_t count = 0;
  while (at + kWidth + positions - 1 <= size &&
         count + kWidth <= kKernelQueue) {
    __m256i buckets = _mm256_set1_epi8(-1);
    for (size_t k = 0; k < positions; ++k) {
      const __m256i bytes =
          _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text + at + k));
      const __m256i lo =
          _mm256_shuffle_epi8(low[k], _mm256_and_si256(bytes, nibble));
      const __m256i hi = _mm256_shuffle_epi8(
          high[k], _mm256_and_si256(_mm256_srli_epi16(bytes, 4), nibble));
      buckets = _mm256_and_si256(buckets, _mm256_and_si256(lo, hi));
    }
    auto places = ~static_cast<uint32_t>(
        _mm256_movemask_epi8(_mm256_cmpeq_epi8(buckets, zero)));
    while (places != 0) {
      queue[count++] = static_cast<uint32_t>(at) +
                       static_cast<uint32_t>(__builtin_ctz(places));
      places &= places - 1;
    }
    at += kWidth;
  }
  return {at, count};
}

// (_mm512_broadcast_i32x4 sets off a false warning in g++ 12.)
__attribute__((target("avx512bw"))) __m512i
FourTimes(const std::array<uint8_t, 16>& table) {
  std::array<uint8_t, 64> wide;
  for (size_t k = 0; k < wide.size(); ++k) {
    wide[k] = table[k % table.size()];
  }
  return _mm512_loadu_si512(wide.data());
}

__attribute__((target("avx512bw,avx2"))) KernelResult
RunV4(const Prefilter::Tables& tables, const uint8_t* text, size_t size,
      size_t at, uint32_t* queue) {
  constexpr size_t kWidth = 64;
  const size_t positions = tables.positions;
  __m512i low[4];
  __m512i high[4];
  for (size_t k = 0; k < positions; ++k) {
    low[k] = FourTimes(tables.low[k]);
    high[k] = FourTimes(tables.high[k]);
  }
  const __m512i nibble = _mm512_set1_epi8(15);
  size_t count = 0;
  while (at + kWidth + positions - 1 <= size &&
         count + kWidth <= kKernelQueue) {
    __m512i buckets = _mm512_set1_epi8(-1);
    for (size_t k = 0; k < positions; ++k) {
      const __m512i bytes = _mm512_loadu_si512(text + at + k);
      const __m512i lo =
          _mm512_shuffle_epi8(low[k], _mm512_and_si512(bytes, nibble));
      const __m512i hi = _mm512_shuffle_epi8(
          high[k], _mm512_and_si512(_mm512_srli_epi16(bytes, 4), nibble));
      buckets = _mm512_and_si512(buckets, _mm512_and_si512(lo, hi));
    }
    uint64_t places = _mm512_test_epi8_mask(buckets, buckets);
    while (places != 0) {
      queue[count++] = static_cast<uint32_t>(at) +
                       static_cast<uint32_t>(__builtin_ctzll(places));
      places &= places - 1;
    }
    at += kWidth;
  }
  return {at, count};
}

#endif  // __x86_64__

}  // namespace

KernelResult RunKernel(const Prefilter::Tables& tables, const uint8_t* text,
                       size_t size, size_t at, [[maybe_unused]] Isa isa,
                       uint32_t* queue) {
  KernelResult vector{at, 0};
#if defined(__x86_64__)
  switch (isa) {
    case Isa::Baseline:
      break;
    case Isa::V2:
      vector = RunV2(tables, text, size, at, queue);
      break;
    case Isa::V3:
      vector = RunV3(tables, text, size, at, queue);
      break;
    case Isa::V4:
      vector = RunV4(tables, text, size, at, queue);
      break;
  }
  constexpr size_t kWidest = 64 + 3;
  if (isa != Isa::Baseline && size - vector.next >= kWidest) {
    return vector;  // the queue is full: the caller empties it and comes back
  }
#endif
  return RunPlain(tables, text, size, vector.next, size, vector.count, queue);
}

}  // namespace telltale::scan
