#include "runtime/scan/prefilter.h"

#include <algorithm>
#include <cstring>

#include "runtime/base/check.h"
#include "runtime/scan/prefilter_kernels.h"

namespace telltale::scan {

namespace {

constexpr uint32_t kFold = 0x20202020u;

uint32_t Load(const uint8_t* text, size_t available) {
  uint32_t value = 0;
  std::memcpy(&value, text, std::min<size_t>(available, 4));
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

uint32_t Hash(uint32_t key) {
  return (key * 0x9e3779b1u) >> 7;
}

}  // namespace

uint32_t Prefilter::Add(const vm::Gram& gram) {
  TT_CHECK(gram.size >= 2 && gram.size <= 4, "a gram has 2 to 4 bytes");
  const auto found = std::find(grams_.begin(), grams_.end(), gram);
  if (found != grams_.end()) {
    return static_cast<uint32_t>(found - grams_.begin());
  }
  grams_.push_back(gram);
  return static_cast<uint32_t>(grams_.size() - 1);
}

void Prefilter::Build() {
  // Grams that begin alike share a bucket, so that their nibbles mix less.
  std::vector<uint32_t> order(grams_.size());
  for (uint32_t k = 0; k < order.size(); ++k) {
    order[k] = k;
  }
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    return grams_[a].bytes < grams_[b].bytes;
  });
  tables_ = Tables{};
  tables_.positions = 4;
  for (const vm::Gram& gram : grams_) {
    tables_.positions = std::min<uint32_t>(tables_.positions, gram.size);
  }
  for (size_t rank = 0; rank < order.size(); ++rank) {
    const vm::Gram& gram = grams_[order[rank]];
    const auto bucket = static_cast<uint8_t>(1u << (rank * 8 / order.size()));
    for (uint32_t k = 0; k < tables_.positions; ++k) {
      const uint8_t byte = gram.bytes[k];
      tables_.low[k][byte & 15u] |= bucket;
      tables_.high[k][byte >> 4u] |= bucket;
      if ((gram.fold >> k & 1u) != 0) {  // the upper-case letter
        tables_.high[k][(byte ^ 0x20u) >> 4u] |= bucket;
      }
    }
  }
  for (const uint8_t size : {uint8_t{4}, uint8_t{3}, uint8_t{2}}) {
    SizeClass cls;
    cls.size = size;
    cls.mask = MaskOf(size);
    size_t count = 0;
    for (const vm::Gram& gram : grams_) {
      count += gram.size == size ? 1 : 0;
    }
    if (count == 0) {
      continue;
    }
    size_t room = 16;
    while (room < 4 * count) {
      room *= 2;
    }
    cls.slots.resize(room);
    for (uint32_t k = 0; k < grams_.size(); ++k) {
      if (grams_[k].size != size) {
        continue;
      }
      const uint32_t key = (ValueOf(grams_[k]) | kFold) & cls.mask;
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

void Prefilter::Probe(const SizeClass& cls, uint32_t raw, size_t position,
                      std::vector<Hit>* hits) const {
  const uint32_t key = (raw | kFold) & cls.mask;
  const size_t wrap = cls.slots.size() - 1;
  size_t at = Hash(key) & wrap;
  while (cls.slots[at].first != UINT32_MAX) {
    if (cls.slots[at].key == key) {
      for (uint32_t link = cls.slots[at].first; link != UINT32_MAX;
           link = chains_[link].next) {
        const vm::Gram& gram = grams_[chains_[link].gram];
        if (((raw | FoldOf(gram)) & cls.mask) == ValueOf(gram)) {
          hits->push_back(
              {static_cast<uint32_t>(position), chains_[link].gram});
        }
      }
      return;
    }
    at = (at + 1) & wrap;
  }
}

void Prefilter::Confirm(const uint8_t* text, size_t size, size_t position,
                        std::vector<Hit>* hits) const {
  const size_t available = size - position;
  const uint32_t raw = Load(text + position, available);
  for (const SizeClass& cls : classes_) {
    if (available >= cls.size) {
      Probe(cls, raw, position, hits);
    }
  }
}

void Prefilter::Find(std::string_view text, Isa isa,
                     std::vector<Hit>* hits) const {
  if (grams_.empty() || text.size() < 2) {
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
      Confirm(data, text.size(), queue[k], hits);
    }
    at = result.next;
  }
}

}  // namespace telltale::scan
