/* The contract between a tier and the scanner, in C so that code built ahead
 * of time can keep it. A tier (interpreter, JIT, pack) fills one tt_matcher
 * for a program; the scanner cannot tell which tier it was.
 *
 * The struct only grows at its end; a reader checks magic, abi_version (equal)
 * and struct_size (at least its own). */
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TT_MATCHER_MAGIC 0x544d5454u /* "TTMT" */
#define TT_ABI_VERSION 1u

/* A register that the match did not set. */
#define TT_NONE UINT32_MAX

/* The text begins where the message begins / ends where it ends. A window of
 * a long record may lack either; then ^ or $ cannot hold there. */
#define TT_AT_START 1u
#define TT_AT_END 2u

/* A typed value as a predicate reads it; see runtime/vm/value.h. */
typedef struct tt_value {
  uint64_t present; /* 0 or 1 */
  int64_t i;
  double f;
  const uint8_t* text;
  uint64_t text_size;
} tt_value;

struct tt_matcher;

/* Finds the leftmost match of term `term` in text[0, size). Fills `registers`
 * (as many as the term has; byte offsets or TT_NONE). Returns 1 on a match,
 * else 0 (registers are then unspecified). `scratch` is the caller's, made for
 * this program, one per thread. Never reads outside text[0, size). */
typedef int32_t (*tt_find_fn)(const struct tt_matcher* matcher, void* scratch,
                              uint32_t term, const uint8_t* text, uint32_t size,
                              uint32_t flags, uint32_t* registers);

/* Evaluates predicate `predicate` on the slots of the event at hand. */
typedef int32_t (*tt_test_fn)(const struct tt_matcher* matcher,
                              uint32_t predicate, const tt_value* slots);

typedef struct tt_matcher {
  uint32_t magic;
  uint32_t abi_version;
  uint32_t struct_size;
  uint32_t term_count;
  uint32_t predicate_count;
  uint32_t reserved;
  const void* context; /* the tier's own */
  tt_find_fn find;
  tt_test_fn test;
} tt_matcher;

#ifdef __cplusplus
} /* extern "C" */
#endif
