#include "runtime/scan/prefilter.h"

#include <algorithm>
#include <cstring>
#include <tuple>

#include "runtime/base/check.h"
#include "runtime/scan/prefilter_kernels.h"

namespace telltale::scan {

namespace {

constexpr uint32_t kFold = 0x20202020u;

uint32_t Load(const uint8_t* text, size_t available) {
  uint32_t value = 0;
  if (available >= sizeof value) {  // a constant size is one instruction
    std::memcpy(&value, text, sizeof value);
  } else {
    std::memcpy(&value, text, available);
  }
  return value;
}

uint32_t MaskOf(uint8_t size) {
  return size >= 4 ? UINT32_MAX : (1u << (8u * size)) - 1u;
}

uint32_t ValueOf(const vm::Gram& gram) {
  return Load(gram.bytes.data(), gram.size);
}

uint32_t FoldOf(const vm::Gram& gram) {
  uint32_t fold = 0;
  for (uint32_t k = 0; k < gram.size; ++k) {
    if ((gram.fold >> k & 1u) != 0) {
      fold |= 0x20u << (8u * k);
    }
  }
  return fold;
}

uint8_t Lower(uint8_t byte) {
  return byte >= 'A' && byte <= 'Z' ? static_cast<uint8_t>(byte | 0x20u) : byte;
}

bool IsBlank(char c) {
  return c == ' ' || c == '\t';
}

bool Same(char expected, char found, bool fold) {
  return expected == found || (fold && static_cast<uint8_t>(expected) ==
                                           Lower(static_cast<uint8_t>(found)));
}

// Does `context` stand at the beginning of `text`?
bool StandsAfter(std::string_view context, std::string_view text, bool fold) {
  size_t at = 0;
  for (const char c : context) {
    if (at >= text.size() ||
        (c == ' ' ? !IsBlank(text[at]) : !Same(c, text[at], fold))) {
      return false;
    }
    ++at;
    while (c == ' ' && at < text.size() && IsBlank(text[at])) {
      ++at;
    }
  }
  return true;
}

// Does `context` stand at the end of `text`?
bool StandsBefore(std::string_view context, std::string_view text, bool fold) {
  size_t end = text.size();
  for (size_t k = context.size(); k > 0; --k) {
    const char c = context[k - 1];
    if (end == 0 ||
        (c == ' ' ? !IsBlank(text[end - 1]) : !Same(c, text[end - 1], fold))) {
      return false;
    }
    --end;
    while (c == ' ' && end > 0 && IsBlank(text[end - 1])) {
      --end;
    }
  }
  return true;
}

uint32_t Hash(uint32_t key) {
  return (key * 0x9e3779b1u) >> 7;
}

// Of the same product other bits: 9 choose the word, 6 the bit.
uint32_t MaybeWord(uint32_t hash) {
  return hash >> 16;
}

uint64_t MaybeBit(uint32_t hash) {
  return uint64_t{1} << (hash >> 10 & 63u);
}

}  // namespace

uint32_t Prefilter::Add(const vm::Phrase& phrase) {
  TT_CHECK(phrase.gram.size >= 2 && phrase.gram.size <= 4,
           "a gram has 2 to 4 bytes");
  const auto found = std::find(phrases_.begin(), phrases_.end(), phrase);
  if (found != phrases_.end()) {
    return static_cast<uint32_t>(found - phrases_.begin());
  }
  phrases_.push_back(phrase);
  return static_cast<uint32_t>(phrases_.size() - 1);
}

void Prefilter::Build() {
  tables_ = Tables{};
  FillBuckets();
  FillClasses();
}

void Prefilter::FillBuckets() {
  // Grams that begin alike share a bucket, so that their nibbles mix less.
  // Short ones, which take any byte behind them, have one for themselves.
  std::vector<uint32_t> order(phrases_.size());
  size_t shorter = 0;
  for (uint32_t k = 0; k < order.size(); ++k) {
    order[k] = k;
    const uint8_t size = phrases_[k].gram.size;
    tables_.positions = std::max<uint32_t>(tables_.positions, size);
    shorter += size < 4 ? 1 : 0;
  }
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    const vm::Gram& first = phrases_[a].gram;
    const vm::Gram& second = phrases_[b].gram;
    return std::tuple(first.size >= 4, first.bytes) <
           std::tuple(second.size >= 4, second.bytes);
  });
  const size_t buckets = shorter == 0 ? 8 : 7;
  for (size_t rank = 0; rank < order.size(); ++rank) {
    const vm::Gram& gram = phrases_[order[rank]].gram;
    const size_t index =
        rank < shorter ? 7
                       : (rank - shorter) * buckets / (order.size() - shorter);
    const auto bucket = static_cast<uint8_t>(1u << index);
    for (uint32_t k = 0; k < tables_.positions; ++k) {
      if (k >= gram.size) {
        for (size_t nibble = 0; nibble < 16; ++nibble) {
          tables_.low[k][nibble] |= bucket;
          tables_.high[k][nibble] |= bucket;
        }
        continue;
      }
      const uint8_t byte = gram.bytes[k];
      tables_.low[k][byte & 15u] |= bucket;
      tables_.high[k][byte >> 4u] |= bucket;
      if ((gram.fold >> k & 1u) != 0) {  // the upper-case letter
        tables_.high[k][(byte ^ 0x20u) >> 4u] |= bucket;
      }
    }
  }
}

void Prefilter::FillClasses() {
  for (const uint8_t size : {uint8_t{4}, uint8_t{3}, uint8_t{2}}) {
    SizeClass cls;
    cls.size = size;
    cls.mask = MaskOf(size);
    size_t count = 0;
    for (const vm::Phrase& phrase : phrases_) {
      count += phrase.gram.size == size ? 1 : 0;
    }
    if (count == 0) {
      continue;
    }
    size_t room = 16;
    while (room < 4 * count) {
      room *= 2;
    }
    cls.slots.resize(room);
    for (uint32_t k = 0; k < phrases_.size(); ++k) {
      const vm::Gram& gram = phrases_[k].gram;
      if (gram.size != size) {
        continue;
      }
      const uint32_t key = (ValueOf(gram) | kFold) & cls.mask;
      cls.maybe[MaybeWord(Hash(key))] |= MaybeBit(Hash(key));
      size_t at = Hash(key) & (room - 1);
      while (cls.slots[at].first != UINT32_MAX && cls.slots[at].key != key) {
        at = (at + 1) & (room - 1);
      }
      chains_.push_back({k, cls.slots[at].first});
      cls.slots[at] = {key, static_cast<uint32_t>(chains_.size() - 1)};
    }
    classes_.push_back(std::move(cls));
  }
}

void Prefilter::Probe(const SizeClass& cls, std::string_view text, uint32_t raw,
                      size_t position, std::vector<Hit>* hits) const {
  const uint32_t key = (raw | kFold) & cls.mask;
  const size_t wrap = cls.slots.size() - 1;
  size_t at = Hash(key) & wrap;
  while (cls.slots[at].first != UINT32_MAX && cls.slots[at].key != key) {
    at = (at + 1) & wrap;
  }
  for (uint32_t link = cls.slots[at].first; link != UINT32_MAX;
       link = chains_[link].next) {
    const vm::Phrase& phrase = phrases_[chains_[link].phrase];
    if (((raw | FoldOf(phrase.gram)) & cls.mask) == ValueOf(phrase.gram) &&
        StandsAfter(phrase.after, text.substr(position + cls.size),
                    phrase.fold) &&
        StandsBefore(phrase.before, text.substr(0, position), phrase.fold)) {
      hits->push_back({static_cast<uint32_t>(position), chains_[link].phrase});
    }
  }
}

void Prefilter::Confirm(std::string_view text, size_t position,
                        std::vector<Hit>* hits) const {
  const size_t available = text.size() - position;
  const uint32_t raw =
      Load(reinterpret_cast<const uint8_t*>(text.data()) + position, available);
  for (const SizeClass& cls : classes_) {
    const uint32_t hash = Hash((raw | kFold) & cls.mask);
    if ((cls.maybe[MaybeWord(hash)] & MaybeBit(hash)) != 0 &&
        available >= cls.size) {
      Probe(cls, text, raw, position, hits);
    }
  }
}

void Prefilter::Find(std::string_view text, Isa isa,
                     std::vector<Hit>* hits) const {
  if (phrases_.empty() || text.size() < 2) {
    return;
  }
  TT_CHECK(text.size() < UINT32_MAX, "a chunk is under 4 GiB");
  const auto* data = reinterpret_cast<const uint8_t*>(text.data());
  // Places are queued per stretch: a call inside the vector loop would spill
  // all vector registers.
  std::array<uint32_t, kKernelQueue> queue;
  size_t at = 0;
  while (at < text.size()) {
    const KernelResult result =
        RunKernel(tables_, data, text.size(), at, isa, queue.data());
    for (size_t k = 0; k < result.count; ++k) {
      Confirm(text, queue[k], hits);
    }
    at = result.next;
  }
}

}  // namespace telltale::scan
