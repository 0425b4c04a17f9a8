// Kinds of bytes that patterns ask for; ASCII, whatever the locale.
#pragma once

namespace telltale {

constexpr bool IsDigitByte(char byte) {
  return byte >= '0' && byte <= '9';
}

// A letter, digit or `_`: what `\w` and word boundaries mean.
constexpr bool IsWordByte(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
         IsDigitByte(byte) || byte == '_';
}

}  // namespace telltale
