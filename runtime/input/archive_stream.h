// Internal: members of compressed files and archives, through libarchive.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/base/result.h"
#include "runtime/input/byte_stream.h"

namespace telltale::input {

// Do the first bytes belong to a format that we decode?
bool LooksPacked(std::string_view head);

struct ArchiveMember {
  std::string name;       // `archive//member`, or the archive's for a .gz
  bool is_plain = false;  // no decoder claimed it: its bytes are as they are
  std::string refused;    // not empty: why its data cannot be read
};

class ArchiveReader {
 public:
  // Reads from `stream`, which outlives the reader.
  ArchiveReader(std::string name, ByteStream* stream);
  ~ArchiveReader();
  ArchiveReader(const ArchiveReader&) = delete;
  ArchiveReader& operator=(const ArchiveReader&) = delete;

  // The next member; nothing at the end.
  Result<std::optional<ArchiveMember>> Next();
  // Data of the member at hand; 0 at its end.
  Result<size_t> ReadData(char* buffer, size_t size);
  // Of the packed stream, so far.
  [[nodiscard]] uint64_t bytes_read() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

class MemberStream : public ByteStream {
 public:
  explicit MemberStream(ArchiveReader* reader) : reader_(*reader) {}
  Result<size_t> Read(char* buffer, size_t size) override {
    return reader_.ReadData(buffer, size);
  }

 private:
  ArchiveReader& reader_;
};

}  // namespace telltale::input
