#include "runtime/pack/pack.h"

#include <algorithm>

#include <fmt/format.h>

#include "runtime/pack/fields.h"
#include "runtime/vm/verify.h"

namespace telltale::pack {

TT_FIELDS(About, made_by, settings)
TT_FIELDS(SourceFile, name, text)
TT_FIELDS(TestCase, name, passed)
TT_FIELDS(Cost, name, instructions, state_bytes, always, keys)
TT_FIELDS(NativeCode, isa, object)

namespace {

constexpr std::string_view kMagic("TTPACK\r\n", 8);
constexpr size_t kEntryBytes = 4 + 4 + 8 + 8 + 32;
constexpr size_t kTableAt = 8 + 4 + 4;
constexpr size_t kHeaderBytes = kTableAt + kSections * kEntryBytes;
constexpr size_t kDataAt = kHeaderBytes + 32;

void PutNumber(uint64_t value, int bytes, std::string* out) {
  for (int k = 0; k < bytes; ++k) {
    out->push_back(static_cast<char>(value >> (8 * k)));
  }
}

uint64_t NumberAt(std::string_view bytes, size_t at, size_t size) {
  uint64_t value = 0;
  for (size_t k = 0; k < size; ++k) {
    value |= static_cast<uint64_t>(static_cast<uint8_t>(bytes[at + k]))
             << (8 * k);
  }
  return value;
}

void PutHash(const Hash& hash, std::string* out) {
  out->append(hash.begin(), hash.end());
}

Hash HashAt(std::string_view bytes, size_t at) {
  Hash hash{};
  std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), hash.size(),
              hash.begin());
  return hash;
}

template <typename T>
std::string Encode(const T& value) {
  Encoder encoder;
  encoder(value);
  return encoder.Take();
}

template <typename T>
Result<T> Decode(const Contents& contents, Section section) {
  if (HashOf(contents.bytes(section)) != contents.hash(section)) {
    return Fail(fmt::format("its section `{}` is damaged: the hash differs",
                            SectionName(section)));
  }
  T value;
  Decoder decoder(contents.bytes(section));
  decoder(value);
  if (!decoder.done()) {
    return Fail(
        fmt::format("its section `{}` is malformed", SectionName(section)));
  }
  return value;
}

// Extracting must not leave the folder that it was told.
bool StaysInside(std::string_view name) {
  if (name.empty() || name.back() == '/' ||
      name.find('\0') != std::string_view::npos) {
    return false;
  }
  while (!name.empty()) {
    const std::string_view part = name.substr(0, name.find('/'));
    if (part.empty() || part == "." || part == "..") {
      return false;
    }
    name.remove_prefix(std::min(name.size(), part.size() + 1));
  }
  return true;
}

}  // namespace

std::string_view SectionName(Section section) {
  switch (section) {
    case Section::About:
      return "about";
    case Section::Sources:
      return "sources";
    case Section::Program:
      return "program";
    case Section::Tests:
      return "tests";
    case Section::Costs:
      return "costs";
    case Section::Native:
      return "native";
  }
  return "";
}

std::string Write(const Pack& pack) {
  const std::array<std::string, kSections> sections = {
      Encode(pack.about), Encode(pack.sources), Encode(pack.program),
      Encode(pack.tests), Encode(pack.costs),   Encode(pack.native)};
  std::string out(kMagic);
  PutNumber(kFormatVersion, 4, &out);
  PutNumber(kSections, 4, &out);
  uint64_t offset = kDataAt;
  for (size_t k = 0; k < kSections; ++k) {
    PutNumber(k, 4, &out);
    PutNumber(0, 4, &out);
    PutNumber(offset, 8, &out);
    PutNumber(sections[k].size(), 8, &out);
    PutHash(HashOf(sections[k]), &out);
    offset += sections[k].size();
  }
  PutHash(HashOf(out), &out);
  for (const std::string& section : sections) {
    out += section;
  }
  return out;
}

Result<Contents> Contents::Open(std::string_view bytes) {
  if (!bytes.starts_with(kMagic)) {
    return Fail("it is no pack");
  }
  if (bytes.size() > kMaxPackBytes) {
    return Fail(
        fmt::format("it has {} bytes (limit {})", bytes.size(), kMaxPackBytes));
  }
  if (bytes.size() < kTableAt) {
    return Fail("it is cut off");
  }
  const uint64_t version = NumberAt(bytes, kMagic.size(), 4);
  if (version != kFormatVersion) {
    return Fail(fmt::format(
        "its format is version {}, this program reads {}: build it again",
        version, kFormatVersion));
  }
  if (bytes.size() < kDataAt) {
    return Fail("it is cut off");
  }
  Contents contents;
  contents.id_ = HashAt(bytes, kHeaderBytes);
  if (HashOf(bytes.substr(0, kHeaderBytes)) != contents.id_) {
    return Fail("its table of contents is damaged: the hash differs");
  }
  bool fits = NumberAt(bytes, kTableAt - 4, 4) == kSections;
  uint64_t expected = kDataAt;
  for (size_t k = 0; fits && k < kSections; ++k) {
    const size_t at = kTableAt + k * kEntryBytes;
    const uint64_t size = NumberAt(bytes, at + 16, 8);
    fits = NumberAt(bytes, at, 8) == k &&
           NumberAt(bytes, at + 8, 8) == expected &&
           size <= bytes.size() - expected;
    if (fits) {
      contents.sections_.at(k) = bytes.substr(expected, size);
      contents.hashes_.at(k) = HashAt(bytes, at + 24);
      expected += size;
    }
  }
  if (!fits || expected != bytes.size()) {
    return Fail("it is cut off, or its table of contents is malformed");
  }
  return contents;
}

Result<vm::Program> Contents::ReadProgram() const {
  auto program = Decode<vm::Program>(*this, Section::Program);
  if (program.has_value()) {
    if (auto fits = vm::Verify(*program); !fits.has_value()) {
      return Fail("its program is not safe to run: " + fits.error().message);
    }
  }
  return program;
}

Result<std::vector<NativeCode>> Contents::ReadNative() const {
  return Decode<std::vector<NativeCode>>(*this, Section::Native);
}

Result<Pack> Contents::ReadAll() const {
  auto about = Decode<About>(*this, Section::About);
  auto sources = Decode<std::vector<SourceFile>>(*this, Section::Sources);
  auto program = ReadProgram();
  auto tests = Decode<std::vector<TestCase>>(*this, Section::Tests);
  auto costs = Decode<std::vector<Cost>>(*this, Section::Costs);
  auto native = ReadNative();
  const auto whole = [](const auto&... parts) {
    std::string failure;
    ((parts.has_value() || !failure.empty() ||
      (failure = parts.error().message, true)),
     ...);
    return failure;
  };
  if (std::string failure =
          whole(about, sources, program, tests, costs, native);
      !failure.empty()) {
    return Fail(std::move(failure));
  }
  for (const SourceFile& source : *sources) {
    if (!StaysInside(source.name)) {
      return Fail("a source file's name leads outside");
    }
  }
  return Pack{std::move(*about), std::move(*sources), std::move(*program),
              std::move(*tests), std::move(*costs),   std::move(*native)};
}

}  // namespace telltale::pack
