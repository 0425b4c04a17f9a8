#include "runtime/pack/hash.h"

#include <sodium.h>

namespace telltale::pack {

Hash HashOf(std::string_view bytes) {
  Hash hash{};
  crypto_generichash(hash.data(), hash.size(),
                     reinterpret_cast<const unsigned char*>(bytes.data()),
                     bytes.size(), nullptr, 0);
  return hash;
}

}  // namespace telltale::pack
