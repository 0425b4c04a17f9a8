// BLAKE2b with 32 bytes of result (RFC 7693), as libsodium has it: what a pack
// is told by, and what tells that a section is whole.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace telltale::pack {

using Hash = std::array<uint8_t, 32>;

Hash HashOf(std::string_view bytes);

}  // namespace telltale::pack
