// An object (ELF64, relocatable, x86-64) as it will stand in memory. ReadObject
// is a linker for what compiler/aot writes and for nothing else: what it does
// not know it refuses, so an object brings code and constants and no way to
// reach anything outside of itself. It allows
//
//   sections     code, read-only data, one symbol table, names, relocations;
//                nothing writable, no thread-local data, no constructors
//   symbols      defined in these sections; one of them global, and none
//                undefined: code gets all it needs as arguments
//   relocations  R_X86_64_PC32 and R_X86_64_PLT32 between these sections
//
// That says nothing about what the code does once it is called: objects come
// from the user's own cache or a trusted maker, never from a stranger.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "runtime/base/result.h"

namespace telltale::native {

inline constexpr size_t kPageSize = 4096;
// Larger objects are refused.
inline constexpr size_t kMaxObjectSize = size_t{64} << 20U;

struct Image {
  struct Place {
    enum class Kind : uint8_t { Absent, Code, Table };
    Kind kind = Kind::Absent;
    uint32_t offset = 0;  // in `bytes`
  };

  // Code, then, from `code_size` on, read-only data; both whole pages. It runs
  // at any address.
  std::vector<uint8_t> bytes;
  size_t code_size = 0;
  std::vector<Place> terms;
  std::vector<Place> predicates;
};

struct Counts {
  size_t terms = 0;
  size_t predicates = 0;
};

// `counts` are those of the program that the object must be for. The message of
// a failure says what was found.
Result<Image> ReadObject(std::string_view object, const Counts& counts);

}  // namespace telltale::native
