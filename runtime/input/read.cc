#include "runtime/input/read.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>

#include "runtime/input/archive_stream.h"
#include "runtime/input/byte_stream.h"
#include "runtime/input/limits.h"

namespace telltale::input {

namespace {

// The bytes of a file descriptor, which it closes.
class FileStream : public ByteStream {
 public:
  FileStream(int descriptor, std::string name, std::atomic<uint64_t>* progress)
      : descriptor_(descriptor), name_(std::move(name)), progress_(progress) {}
  ~FileStream() override {
    if (descriptor_ > STDIN_FILENO) {
      close(descriptor_);
    }
  }
  FileStream(const FileStream&) = delete;
  FileStream& operator=(const FileStream&) = delete;

  Result<size_t> Read(char* buffer, size_t size) override {
    while (true) {
      const ssize_t got = read(descriptor_, buffer, size);
      if (got >= 0) {
        if (progress_ != nullptr) {
          progress_->fetch_add(static_cast<uint64_t>(got),
                               std::memory_order_relaxed);
        }
        return static_cast<size_t>(got);
      }
      if (errno != EINTR) {
        return Fail(
            fmt::format("cannot read `{}`: {}", name_, std::strerror(errno)));
      }
    }
  }

 private:
  int descriptor_;
  std::string name_;
  std::atomic<uint64_t>* progress_;
};

class InputReader {
 public:
  explicit InputReader(FileVisitor* visitor) : visitor_(*visitor) {}

  void ReadStream(const std::string& name, ByteStream* stream, int depth) {
    PeekedStream peeked(stream);
    const Result<std::string_view> head = peeked.Peek();
    if (!head.has_value()) {
      visitor_.Skip({name, 0, 0, head.error().message});
      return;
    }
    if (!LooksPacked(*head)) {
      Plain(name, &peeked);
    } else if (depth >= kMaxNesting) {
      visitor_.Skip({name, 0, 0,
                     fmt::format("`{}` is an archive in more than {} others",
                                 name, kMaxNesting)});
    } else {
      Packed(name, &peeked, depth);
    }
  }

 private:
  void Plain(const std::string& name, ByteStream* stream) {
    visitor_.BeginFile(name);
    std::vector<char> buffer(kReadBlock);
    uint64_t offset = 0;
    while (true) {
      const Result<size_t> got = stream->Read(buffer.data(), buffer.size());
      if (!got.has_value()) {
        visitor_.Skip({name, offset, 0, got.error().message});
        break;
      }
      if (*got == 0 || !visitor_.Chunk({buffer.data(), *got})) {
        break;
      }
      offset += *got;
    }
    visitor_.EndFile();
  }

  void Packed(const std::string& name, ByteStream* stream, int depth) {
    ArchiveReader archive(name, stream);
    while (true) {
      const Result<std::optional<ArchiveMember>> next = archive.Next();
      if (!next.has_value()) {
        visitor_.Skip({name, archive.bytes_read(), 0, next.error().message});
        return;
      }
      if (!next->has_value()) {
        return;
      }
      const ArchiveMember& member = **next;
      if (++members_ > kMaxMembers) {
        visitor_.Skip(
            {name, archive.bytes_read(), 0,
             fmt::format("`{}` has more than {} members", name, kMaxMembers)});
        return;
      }
      if (!member.refused.empty()) {
        visitor_.Skip({member.name, 0, 0, member.refused});
        continue;
      }
      MemberStream data(&archive);
      if (member.is_plain) {
        Plain(member.name, &data);
      } else {
        ReadStream(member.name, &data, depth + 1);
      }
    }
  }

  FileVisitor& visitor_;
  uint64_t members_ = 0;
};

}  // namespace

void ReadInput(const std::string& path, FileVisitor* visitor,
               std::atomic<uint64_t>* progress) {
  const bool standard = path == "-";
  const std::string name = standard ? "(standard input)" : path;
  int descriptor = STDIN_FILENO;
  if (!standard) {
    descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (descriptor < 0) {
      visitor->Skip(
          {name, 0, 0,
           fmt::format("cannot open `{}`: {}", name, std::strerror(errno))});
      return;
    }
#if defined(POSIX_FADV_SEQUENTIAL)
    posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
#endif
  }
  FileStream stream(descriptor, name, progress);
  InputReader(visitor).ReadStream(name, &stream, 0);
}

}  // namespace telltale::input
