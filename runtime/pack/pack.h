// Packs: compiled rules in one file (.tpk), which scans without a compiler.
//
//   8 bytes  magic          "TTPACK\r\n"
//   4 bytes  format version (little endian, as all numbers here)
//   4 bytes  number of sections
//   per section: 4 bytes kind, 4 bytes zero, 8 bytes offset, 8 bytes size,
//                32 bytes hash of its bytes
//   32 bytes hash of all before: the pack's id
//   the sections, in the table's order, without gaps
//
// Same rules, same compiler, same bytes. The format knows nothing of LLVM.
// A pack may come from anywhere: all lengths are checked before use, all
// hashes before anything is read, and a program passes vm::Verify. Native code
// is data here; who maps it has to know where it came from.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/pack/hash.h"
#include "runtime/vm/program.h"

namespace telltale::pack {

// Of the container and the encoding of what is in it. A reader takes its own
// version only: a pack can always be built again from its sources.
inline constexpr uint32_t kFormatVersion = 1;

inline constexpr size_t kMaxPackBytes = size_t{256} << 20;

struct About {
  std::string made_by;                // "telltale 0.1.0"
  std::vector<std::string> settings;  // as `--set` had them
};

// A rule file. Its name is a relative path without `..`: `std/NAME` for one of
// the standard library, else below the folder that all files of the user share.
// The first files are used by the later ones.
struct SourceFile {
  std::string name;
  std::string text;
};

// A hit, a miss or a test, as it went when the pack was built.
struct TestCase {
  std::string name;
  bool passed = true;
};

// What an item of the rules costs whoever scans with it.
struct Cost {
  std::string name;           // of a signature, a rule or a block
  uint64_t instructions = 0;  // of its terms: work per byte that is looked at
  uint64_t state_bytes = 0;   // a scanning thread's lists for them; at most
  bool always = false;        // no literal: every record is looked at
  uint64_t keys = 0;          // rules: how many are kept at once, at most
};

// Machine code of the program's terms and predicates for one instruction set
// (`v2`, `v3`, `v4`); what is in it is runtime/native's business.
struct NativeCode {
  std::string isa;
  std::string object;
};

struct Pack {
  About about;
  std::vector<SourceFile> sources;
  vm::Program program;
  std::vector<TestCase> tests;
  std::vector<Cost> costs;
  std::vector<NativeCode> native;
};

enum class Section : uint32_t { About, Sources, Program, Tests, Costs, Native };
inline constexpr size_t kSections = 6;

std::string_view SectionName(Section section);

std::string Write(const Pack& pack);

// A pack whose table has been checked. Views of the bytes it was opened on.
class Contents {
 public:
  // Failures name no file: the caller knows it.
  static Result<Contents> Open(std::string_view bytes);

  [[nodiscard]] const Hash& id() const { return id_; }
  [[nodiscard]] std::string_view bytes(Section section) const {
    return sections_.at(static_cast<size_t>(section));
  }
  [[nodiscard]] const Hash& hash(Section section) const {
    return hashes_.at(static_cast<size_t>(section));
  }

  // Parts, each checked against its hash. The program is safe to run.
  [[nodiscard]] Result<vm::Program> ReadProgram() const;
  [[nodiscard]] Result<std::vector<NativeCode>> ReadNative() const;
  [[nodiscard]] Result<Pack> ReadAll() const;

 private:
  Hash id_{};
  std::array<std::string_view, kSections> sections_;
  std::array<Hash, kSections> hashes_{};
};

}  // namespace telltale::pack
