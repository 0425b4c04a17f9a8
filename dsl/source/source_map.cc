#include "dsl/source/source_map.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include <fmt/format.h>

#include "runtime/base/check.h"
#include "runtime/base/narrow.h"

namespace telltale {

SourceId SourceMap::Add(std::string name, std::string text) {
  File file;
  file.name = std::move(name);
  file.text = std::move(text);
  file.begin = end_;
  file.lines.push_back(0);
  for (size_t at = 0; at < file.text.size(); ++at) {
    if (file.text[at] == '\n') {
      file.lines.push_back(Narrow<uint32_t>(at + 1));
    }
  }
  // One address beyond the text: the place of what is missing at its end.
  end_ = Narrow<uint32_t>(uint64_t{end_} + file.text.size() + 1);
  files_.push_back(std::move(file));
  return SourceId(files_.size() - 1);
}

Result<SourceId> SourceMap::Load(const std::string& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (error || !std::filesystem::exists(status)) {
    return Fail("no such file");
  }
  if (std::filesystem::is_directory(status)) {
    return Fail("it is a directory, not a rule file");
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    return Fail(std::strerror(errno));
  }
  std::string text(kMaxFile + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(in.gcount()));
  if (in.bad()) {
    return Fail("reading it failed");
  }
  if (text.size() > kMaxFile) {
    return Fail(
        fmt::format("it is over {} MiB; is it a log?", kMaxFile / 1024 / 1024));
  }
  return Add(path, std::move(text));
}

std::string_view SourceMap::name(SourceId id) const {
  return files_[id.index()].name;
}

std::string_view SourceMap::text(SourceId id) const {
  return files_[id.index()].text;
}

uint32_t SourceMap::begin(SourceId id) const {
  return files_[id.index()].begin;
}

const SourceMap::File& SourceMap::FileAt(uint32_t address) const {
  TT_CHECK(!files_.empty(), "a span without a file");
  const auto next =
      std::upper_bound(files_.begin(), files_.end(), address,
                       [](uint32_t a, const File& f) { return a < f.begin; });
  return *std::prev(next);
}

SourceMap::Place SourceMap::PlaceOf(uint32_t address) const {
  const File& file = FileAt(address);
  const uint32_t offset =
      std::min(address - file.begin, Narrow<uint32_t>(file.text.size()));
  const auto next =
      std::upper_bound(file.lines.begin(), file.lines.end(), offset);
  const uint32_t line_begin = *std::prev(next);
  const std::string_view text = file.text;
  std::string_view line = text.substr(line_begin);
  line = line.substr(0, line.find('\n'));
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  uint32_t column = 1;
  for (const char c : text.substr(line_begin, offset - line_begin)) {
    column += (static_cast<unsigned char>(c) & 0xc0u) != 0x80u ? 1 : 0;
  }
  return {file.name, Narrow<uint32_t>(next - file.lines.begin()), column, line,
          file.begin + line_begin};
}

std::string_view SourceMap::TextOf(Span span) const {
  const File& file = FileAt(span.begin);
  return std::string_view(file.text).substr(span.begin - file.begin,
                                            span.size());
}

}  // namespace telltale
