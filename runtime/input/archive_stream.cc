#include "runtime/input/archive_stream.h"

#include <vector>

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include "runtime/input/limits.h"

namespace telltale::input {

using namespace std::
    string_view_literals;  // NOLINT(google-build-using-namespace)

bool LooksPacked(std::string_view head) {
  for (const std::string_view magic :
       {"\x1f\x8b"sv, "\x28\xb5\x2f\xfd"sv, "\xfd\x37zXZ\0"sv, "BZh"sv,
        "\x04\x22\x4d\x18"sv, "PK\x03\x04"sv, "PK\x05\x06"sv}) {
    if (head.starts_with(magic)) {
      return true;
    }
  }
  // zstd's and lz4's skippable frames.
  if (head.size() >= 4 &&
      (static_cast<unsigned char>(head[0]) & 0xf0) == 0x50 &&
      head.substr(1, 3) == "\x2a\x4d\x18"sv) {
    return true;
  }
  return head.size() > 262 && head.substr(257, 5) == "ustar";
}

struct ArchiveReader::State {
  std::string name;
  ByteStream* stream = nullptr;
  archive* handle = nullptr;
  std::vector<char> buffer;
  std::string read_error;
  bool opened = false;
  uint64_t member_bytes = 0;
  uint64_t packed_before = 0;

  static la_ssize_t ReadMore(archive* handle, void* data, const void** bytes) {
    auto* state = static_cast<State*>(data);
    const Result<size_t> got =
        state->stream->Read(state->buffer.data(), state->buffer.size());
    if (!got.has_value()) {
      state->read_error = got.error().message;
      archive_set_error(handle, ARCHIVE_FATAL, "%s", state->read_error.c_str());
      return -1;
    }
    *bytes = state->buffer.data();
    return static_cast<la_ssize_t>(*got);
  }

  std::string Error() const {
    const char* text = archive_error_string(handle);
    return fmt::format("cannot read all of `{}`: {}", name,
                       text == nullptr ? "it is damaged" : text);
  }
};

ArchiveReader::ArchiveReader(std::string name, ByteStream* stream)
    : state_(std::make_unique<State>()) {
  state_->name = std::move(name);
  state_->stream = stream;
  state_->buffer.resize(kReadBlock);
  state_->handle = archive_read_new();
  // By name, never all: a log that begins with digits would pass for an mtree.
  archive_read_support_filter_gzip(state_->handle);
  archive_read_support_filter_zstd(state_->handle);
  archive_read_support_filter_xz(state_->handle);
  archive_read_support_filter_bzip2(state_->handle);
  archive_read_support_filter_lz4(state_->handle);
  archive_read_support_format_tar(state_->handle);
  archive_read_support_format_zip_streamable(state_->handle);
  archive_read_support_format_raw(state_->handle);
  archive_read_support_format_empty(state_->handle);
}

ArchiveReader::~ArchiveReader() {
  archive_read_free(state_->handle);
}

Result<std::optional<ArchiveMember>> ArchiveReader::Next() {
  archive* handle = state_->handle;
  if (!state_->opened) {
    state_->opened = true;
    if (archive_read_open(handle, state_.get(), nullptr, State::ReadMore,
                          nullptr) != ARCHIVE_OK) {
      return Fail(state_->Error());
    }
  }
  while (true) {
    archive_entry* entry = nullptr;
    const int status = archive_read_next_header(handle, &entry);
    if (status == ARCHIVE_EOF) {
      return std::optional<ArchiveMember>();
    }
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN) {
      return Fail(state_->Error());
    }
    const bool raw = archive_format(handle) == ARCHIVE_FORMAT_RAW;
    if (!raw && archive_entry_filetype(entry) != AE_IFREG) {
      continue;  // folders and links hold no bytes
    }
    state_->member_bytes = 0;
    state_->packed_before = bytes_read();
    ArchiveMember member;
    const char* path = archive_entry_pathname(entry);
    member.name = raw ? state_->name
                      : state_->name + "//" + (path == nullptr ? "?" : path);
    // One filter: only the pass-through that libarchive always has.
    member.is_plain = raw && archive_filter_count(handle) <= 1;
    if (!raw && archive_entry_hardlink(entry) != nullptr) {
      continue;
    }
    if (archive_entry_is_encrypted(entry) != 0) {
      member.refused = fmt::format("`{}` is encrypted", member.name);
    }
    return std::optional(std::move(member));
  }
}

Result<size_t> ArchiveReader::ReadData(char* buffer, size_t size) {
  const la_ssize_t got = archive_read_data(state_->handle, buffer, size);
  if (got < 0) {
    return Fail(state_->Error());
  }
  state_->member_bytes += static_cast<uint64_t>(got);
  const uint64_t packed = bytes_read() - state_->packed_before + kReadBlock;
  if (state_->member_bytes > kFreeExpansion &&
      state_->member_bytes / packed > kMaxRatio) {
    return Fail(fmt::format("`{}` expands more than {} times; refused",
                            state_->name, kMaxRatio));
  }
  return static_cast<size_t>(got);
}

uint64_t ArchiveReader::bytes_read() const {
  const la_int64_t bytes = archive_filter_bytes(state_->handle, -1);
  return bytes < 0 ? 0 : static_cast<uint64_t>(bytes);
}

}  // namespace telltale::input
