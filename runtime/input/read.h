// Reads what a path holds: a plain file, standard input, or the members of an
// archive, told by content and not by name. Compressed files and archives are
// decoded through libarchive (gzip, zstd, xz, bzip2, lz4; tar, zip), members
// are files of their own, named `month.tar.zst//node7/rank3.log`.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/input/gap.h"

namespace telltale::input {

// Receives files one after the other.
class FileVisitor {
 public:
  virtual ~FileVisitor() = default;
  virtual void BeginFile(const std::string& name) = 0;
  // Any number of times, in order; false: no more of this file is wanted.
  virtual bool Chunk(std::string_view bytes) = 0;
  virtual void EndFile() = 0;
  // Something was not read. May come between BeginFile and EndFile.
  virtual void Skip(Gap gap) = 0;
};

// `path` `-` is standard input. Bytes read from the path itself are added to
// `progress` as they are read, if it is given. Never throws; what fails is a
// Skip.
void ReadInput(const std::string& path, FileVisitor* visitor,
               std::atomic<uint64_t>* progress);

}  // namespace telltale::input
