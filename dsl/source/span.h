// Span: a half-open byte range in the SourceMap's one address space. All rule
// files of a compilation share that space, so a span alone names file and
// place. Lines and columns exist only in the renderers.
#pragma once

#include <cstdint>

namespace telltale {

struct Span {
  uint32_t begin = 0;
  uint32_t end = 0;

  [[nodiscard]] constexpr bool empty() const { return begin == end; }
  [[nodiscard]] constexpr uint32_t size() const { return end - begin; }
  constexpr bool operator==(const Span&) const = default;
};

// The smallest span that holds both.
constexpr Span Cover(Span a, Span b) {
  return {a.begin < b.begin ? a.begin : b.begin, a.end > b.end ? a.end : b.end};
}

}  // namespace telltale
