// Relax: a pattern that also takes lines which differ from what the author
// wrote in a way that is easily overlooked.
#pragma once

#include <cstdint>
#include <string_view>

#include "dsl/hir/module.h"

namespace telltale::plan {

enum class Difference : uint8_t {
  Case,    // letters of the other case
  Blanks,  // blanks more or less beside punctuation, or none where one is
  Quotes,  // other quotes
};

// "the case keeps", "blanks keep", "quotes keep".
std::string_view WhatKeeps(Difference difference);

// All signatures relaxed by one difference; what a `!` forbids stays as it is.
hir::Module Relaxed(const hir::Module& module, Difference difference);

}  // namespace telltale::plan
