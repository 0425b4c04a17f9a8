// SourceMap: owns the texts of rule files and gives every byte of them an
// address, so that a Span needs no file. Turns addresses into file, line and
// column for people.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "dsl/source/span.h"
#include "runtime/base/id.h"
#include "runtime/base/result.h"

namespace telltale {

using SourceId = Id<struct SourceFileTag>;

class SourceMap {
 public:
  struct Place {
    std::string_view file;
    uint32_t line = 0;    // 1-based
    uint32_t column = 0;  // 1-based, in code points
    std::string_view line_text;
    uint32_t line_begin = 0;  // address of the line's first byte
  };

  // Limits what one rule file may hold; a log given by mistake is larger.
  static constexpr size_t kMaxFile = 4 * 1024 * 1024;

  SourceId Add(std::string name, std::string text);
  // Reads a regular file. Fails if it cannot be read or is over kMaxFile.
  Result<SourceId> Load(const std::string& path);

  [[nodiscard]] std::string_view name(SourceId id) const;
  [[nodiscard]] std::string_view text(SourceId id) const;
  // Address of the first byte.
  [[nodiscard]] uint32_t begin(SourceId id) const;

  [[nodiscard]] Place PlaceOf(uint32_t address) const;
  [[nodiscard]] std::string_view TextOf(Span span) const;
  [[nodiscard]] bool empty() const { return files_.empty(); }

 private:
  struct File {
    std::string name;
    std::string text;
    uint32_t begin = 0;
    std::vector<uint32_t> lines;  // offsets of their first bytes
  };
  [[nodiscard]] const File& FileAt(uint32_t address) const;

  std::deque<File> files_;  // views into a file stay valid
  uint32_t end_ = 0;
};

}  // namespace telltale
