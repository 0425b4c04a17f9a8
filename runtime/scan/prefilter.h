// Prefilter: one pass over a whole chunk that finds every place where a phrase
// of some gate stands. It decides which records are looked at, so it must never
// miss one; that it reports a place whose record then does not match costs time
// only.
//
// Algorithm: Teddy (Hyperscan, 2019). Grams are spread over eight buckets; for
// each of the first bytes of a gram two 16-entry tables map a nibble to the
// buckets it can belong to. A shuffle looks 16, 32 or 64 bytes up at once; the
// and over positions leaves, per place, the buckets with a possible gram. A
// hash of the folded bytes then names the gram or refutes the place, and what
// stands around it is compared with the phrase.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "runtime/scan/isa.h"
#include "runtime/vm/program.h"

namespace telltale::scan {

class Prefilter {
 public:
  // A place where the gram of phrase `phrase` begins.
  struct Hit {
    uint32_t position = 0;
    uint32_t phrase = 0;
  };

  Prefilter() = default;

  // The index of a phrase, adding it if it is new.
  uint32_t Add(const vm::Phrase& phrase);
  // Call once, after the last Add.
  void Build();

  [[nodiscard]] size_t phrase_count() const { return phrases_.size(); }

  // Appends all hits in `text`, by position. `text` is under 4 GiB. Reads
  // only inside `text`.
  void Find(std::string_view text, Isa isa, std::vector<Hit>* hits) const;

  // The nibble tables: buckets of byte k of a gram by low and high nibble.
  struct Tables {
    std::array<std::array<uint8_t, 16>, 4> low{};
    std::array<std::array<uint8_t, 16>, 4> high{};
    uint32_t positions = 2;  // how many bytes the longest gram has
  };

 private:
  struct Slot {  // open addressing, by hash of the folded bytes
    uint32_t key = 0;
    uint32_t first = UINT32_MAX;  // into chains_
  };
  struct Chain {  // phrases whose grams share a key
    uint32_t phrase = 0;
    uint32_t next = UINT32_MAX;
  };
  struct SizeClass {
    uint8_t size = 0;
    uint32_t mask = 0;  // of the bytes in use
    // By hash: may there be a slot? Of a thousand grams it lets a thirtieth of
    // the places through, and stays in the first-level cache.
    std::array<uint64_t, 512> maybe{};
    std::vector<Slot> slots;
  };

  void FillBuckets();
  void FillClasses();
  void Confirm(std::string_view text, size_t position,
               std::vector<Hit>* hits) const;
  void Probe(const SizeClass& cls, std::string_view text, uint32_t raw,
             size_t position, std::vector<Hit>* hits) const;

  std::vector<vm::Phrase> phrases_;
  std::vector<Chain> chains_;
  std::vector<SizeClass> classes_;
  Tables tables_;
};

}  // namespace telltale::scan
