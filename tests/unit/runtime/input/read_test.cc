#include "runtime/input/read.h"

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

#include <archive.h>
#include <archive_entry.h>
#include <catch2/catch.hpp>

#include "runtime/input/collect.h"

namespace telltale::input {
namespace {

namespace fs = std::filesystem;

using Files = std::vector<std::pair<std::string, std::string>>;

class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / "telltale_input_XXXXXX") {
    std::string name = path_.string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string operator/(std::string_view name) const {
    return (path_ / name).string();
  }
  std::string Write(std::string_view name, std::string_view bytes) const {
    const std::string path = *this / name;
    fs::create_directories(fs::path(path).parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  fs::path path_;
};

// What a reading gave: files by name, and what was skipped.
class Collected : public FileVisitor {
 public:
  void BeginFile(const std::string& name) override {
    files.emplace_back(name, "");
  }
  bool Chunk(std::string_view bytes) override {
    files.back().second += bytes;
    return true;
  }
  void EndFile() override {}
  void Skip(Gap gap) override { gaps.push_back(std::move(gap)); }

  Files files;
  std::vector<Gap> gaps;
};

Collected Read(const std::string& path) {
  Collected collected;
  ReadInput(path, &collected, nullptr);
  return collected;
}

std::string ReadBytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Writes an archive of `files`; `filter` compresses all of it. `raw`: one file
// without a container.
void WriteArchive(const std::string& path, int format, int filter,
                  const Files& files) {
  archive* out = archive_write_new();
  REQUIRE(archive_write_set_format(out, format) == ARCHIVE_OK);
  REQUIRE(archive_write_add_filter(out, filter) == ARCHIVE_OK);
  REQUIRE(archive_write_open_filename(out, path.c_str()) == ARCHIVE_OK);
  for (const auto& [name, bytes] : files) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, name.c_str());
    archive_entry_set_size(entry, static_cast<la_int64_t>(bytes.size()));
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    REQUIRE(archive_write_header(out, entry) == ARCHIVE_OK);
    archive_write_data(out, bytes.data(), bytes.size());
    archive_entry_free(entry);
  }
  REQUIRE(archive_write_close(out) == ARCHIVE_OK);
  archive_write_free(out);
}

std::string Lines(size_t count) {
  std::string out;
  for (size_t k = 0; k < count; ++k) {
    out += "line " + std::to_string(k * 7919 % 10007) + " of a log\n";
  }
  return out;
}

TEST_CASE("a plain file is read as it is") {
  const Folder folder;
  const std::string bytes = "a\0b\r\n\xff\xfe";
  const std::string path = folder.Write("a.log", bytes);
  const Collected read = Read(path);
  CHECK(read.files == Files{{path, bytes}});
  CHECK(read.gaps.empty());
}

TEST_CASE("an empty file is a file") {
  const Folder folder;
  const std::string path = folder.Write("a.log", "");
  const Collected read = Read(path);
  CHECK(read.files == Files{{path, ""}});
  CHECK(read.gaps.empty());
}

TEST_CASE("a file that is not there is a gap that names it") {
  const Folder folder;
  const Collected read = Read(folder / "none.log");
  CHECK(read.files.empty());
  REQUIRE(read.gaps.size() == 1);
  CHECK(read.gaps[0].reason.find("none.log") != std::string::npos);
}

TEST_CASE("compressed files are told by content and read whole") {
  const Folder folder;
  const std::string text = Lines(40'000);
  const int filter =
      GENERATE(ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_ZSTD, ARCHIVE_FILTER_XZ,
               ARCHIVE_FILTER_BZIP2, ARCHIVE_FILTER_LZ4);
  const std::string path = folder / "a.log";
  WriteArchive(path, ARCHIVE_FORMAT_RAW, filter, {{"a", text}});
  CAPTURE(filter);
  const Collected read = Read(path);
  REQUIRE(read.files.size() == 1);
  CHECK(read.files[0].first == path);
  CHECK(read.files[0].second == text);
  CHECK(read.gaps.empty());
}

TEST_CASE("several gzip members are one file") {
  const Folder folder;
  WriteArchive(folder / "1", ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_GZIP,
               {{"a", "one\n"}});
  WriteArchive(folder / "2", ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_GZIP,
               {{"a", "two\n"}});
  const std::string path = folder.Write(
      "both.gz", ReadBytes(folder / "1") + ReadBytes(folder / "2"));
  const Collected read = Read(path);
  REQUIRE(read.files.size() == 1);
  CHECK(read.files[0].second == "one\ntwo\n");
}

TEST_CASE("members of archives are files of their own") {
  const Folder folder;
  const Files files = {
      {"node7/rank3.log", Lines(3)}, {"empty.log", ""}, {"b.log", "x\n"}};
  struct Kind {
    int format;
    int filter;
  };
  const auto kind = GENERATE(Kind{ARCHIVE_FORMAT_TAR, ARCHIVE_FILTER_NONE},
                             Kind{ARCHIVE_FORMAT_TAR, ARCHIVE_FILTER_ZSTD},
                             Kind{ARCHIVE_FORMAT_TAR, ARCHIVE_FILTER_GZIP},
                             Kind{ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE});
  const std::string path = folder / "month.bin";
  WriteArchive(path, kind.format, kind.filter, files);
  CAPTURE(kind.format, kind.filter);
  const Collected read = Read(path);
  Files expected;
  for (const auto& [name, bytes] : files) {
    expected.emplace_back(path + "//" + name, bytes);
  }
  CHECK(read.files == expected);
  CHECK(read.gaps.empty());
}

TEST_CASE("a compressed member of an archive is decoded") {
  const Folder folder;
  WriteArchive(folder / "inner.gz", ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_GZIP,
               {{"a", Lines(100)}});
  const std::string path = folder / "outer.tar";
  WriteArchive(path, ARCHIVE_FORMAT_TAR, ARCHIVE_FILTER_NONE,
               {{"rank0.log.gz", ReadBytes(folder / "inner.gz")}});
  const Collected read = Read(path);
  REQUIRE(read.files.size() == 1);
  CHECK(read.files[0].first == path + "//rank0.log.gz");
  CHECK(read.files[0].second == Lines(100));
}

TEST_CASE("of a truncated file what could be read is read, and the rest told") {
  const Folder folder;
  const std::string text = Lines(60'000);
  const int filter =
      GENERATE(ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_ZSTD, ARCHIVE_FILTER_XZ);
  WriteArchive(folder / "whole", ARCHIVE_FORMAT_RAW, filter, {{"a", text}});
  const std::string bytes = ReadBytes(folder / "whole");
  const std::string path =
      folder.Write("cut.log", bytes.substr(0, bytes.size() * 2 / 3));
  CAPTURE(filter);
  const Collected read = Read(path);
  REQUIRE(read.gaps.size() == 1);
  CHECK(read.gaps[0].reason.find("cut.log") != std::string::npos);
  // libarchive gives nothing of a zstd buffer that the end cuts short.
  REQUIRE((read.files.size() == 1 || filter == ARCHIVE_FILTER_ZSTD));
  if (!read.files.empty()) {
    CHECK(text.starts_with(read.files[0].second));
  }
  if (filter == ARCHIVE_FILTER_GZIP) {
    CHECK_FALSE(read.files[0].second.empty());
  }
}

TEST_CASE("a truncated archive gives its first members, and says so") {
  const Folder folder;
  WriteArchive(folder / "whole", ARCHIVE_FORMAT_TAR, ARCHIVE_FILTER_NONE,
               {{"a.log", Lines(10)}, {"b.log", Lines(5'000)}});
  const std::string bytes = ReadBytes(folder / "whole");
  const std::string path = folder.Write("cut.tar", bytes.substr(0, 20'000));
  const Collected read = Read(path);
  REQUIRE(read.files.size() == 2);
  CHECK(read.files[0].second == Lines(10));
  CHECK(Lines(5'000).starts_with(read.files[1].second));
  CHECK_FALSE(read.gaps.empty());
}

TEST_CASE("what only looks compressed is a plain file or a gap, never lost") {
  const Folder folder;
  const std::string path = folder.Write("a.log", "\x1f\x8b not gzip at all\n");
  const Collected read = Read(path);
  CHECK(read.files.size() + read.gaps.size() > 0);
}

TEST_CASE("a folder is read to its depths, by name") {
  const Folder folder;
  folder.Write("b.log", "1");
  folder.Write("a/z.log", "2");
  folder.Write("a/b/c.log", "3");
  const Inputs inputs = CollectInputs(folder.path());
  std::vector<std::string> names;
  for (const InputPath& path : inputs.paths) {
    names.push_back(path.path.substr(folder.path().size() + 1));
  }
  CHECK(names == std::vector<std::string>{"a/b/c.log", "a/z.log", "b.log"});
  CHECK(inputs.missing.empty());
}

TEST_CASE("a folder without files is told, and so is a name that is none") {
  const Folder folder;
  fs::create_directories(folder / "empty/deeper");
  for (const char* name : {"empty", "none"}) {
    const Inputs inputs = CollectInputs(folder / name);
    CHECK(inputs.paths.empty());
    REQUIRE(inputs.missing.size() == 1);
    CHECK(inputs.missing[0].reason.find(name) != std::string::npos);
  }
}

TEST_CASE("a file that may not be read is told") {
  if (geteuid() == 0) {
    WARN("skipped: root may read everything");
    return;
  }
  const Folder folder;
  const std::string path = folder.Write("secret.log", "x");
  fs::permissions(path, fs::perms::none);
  const Collected read = Read(path);
  CHECK(read.files.empty());
  CHECK(read.gaps.size() == 1);
}

}  // namespace
}  // namespace telltale::input
