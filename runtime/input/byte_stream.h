// Internal: streams of bytes that decoders are stacked on.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

#include "runtime/base/result.h"

namespace telltale::input {

class ByteStream {
 public:
  virtual ~ByteStream() = default;
  // At most `size` bytes; 0: the end.
  virtual Result<size_t> Read(char* buffer, size_t size) = 0;
};

// A stream whose first bytes can be looked at before they are read.
class PeekedStream : public ByteStream {
 public:
  static constexpr size_t kHead = 512;

  explicit PeekedStream(ByteStream* stream) : stream_(*stream) {}

  Result<std::string_view> Peek() {
    head_.resize(kHead);
    size_t size = 0;
    while (size < kHead) {
      const Result<size_t> got =
          stream_.Read(head_.data() + size, kHead - size);
      if (!got.has_value()) {
        if (size > 0) {
          break;  // what was read is delivered; the error comes again
        }
        return Fail(got.error().message);
      }
      if (*got == 0) {
        break;
      }
      size += *got;
    }
    head_.resize(size);
    return std::string_view(head_);
  }

  Result<size_t> Read(char* buffer, size_t size) override {
    if (taken_ < head_.size()) {
      const size_t take = std::min(size, head_.size() - taken_);
      std::memcpy(buffer, head_.data() + taken_, take);
      taken_ += take;
      return take;
    }
    return stream_.Read(buffer, size);
  }

 private:
  ByteStream& stream_;
  std::string head_;
  size_t taken_ = 0;
};

}  // namespace telltale::input
