#include "tests/support/generate.h"

#include <array>
#include <cstdlib>
#include <utility>
#include <vector>

namespace telltale::testing {

namespace {

using pattern::Node;

char RandomByte(Random* random) {
  return kSmallAlphabet[random->Below(kSmallAlphabet.size())];
}

class NodeMaker {
 public:
  explicit NodeMaker(Random* random) : random_(*random) {}

  Node Make(uint32_t depth) {
    if (depth == 0 || random_.OneIn(5)) {
      return Leaf();
    }
    switch (random_.Below(8)) {
      case 0:
      case 1:
      case 2:
        return pattern::Cat(Some(depth, 2 + random_.Below(2)));
      case 3:
      case 4:
        return pattern::Alt(Some(depth, 2 + random_.Below(2)));
      case 5:
        return pattern::Capture(Make(depth - 1), captures_++);
      default:
        return Repeated(depth);
    }
  }

 private:
  std::vector<Node> Some(uint32_t depth, uint32_t count) {
    std::vector<Node> nodes;
    for (uint32_t k = 0; k < count; ++k) {
      nodes.push_back(Make(depth - 1));
    }
    return nodes;
  }

  Node Repeated(uint32_t depth) {
    Node body = Make(depth - 1);
    const bool greedy = random_.Below(2) == 0;
    const uint32_t min = random_.OneIn(3) ? random_.Below(4) : random_.Below(2);
    const uint32_t max =
        random_.OneIn(3) ? min + random_.Below(3) : Node::kUnbounded;
    return pattern::Repeat(std::move(body), min, max, greedy);
  }

  Node Leaf() {
    switch (random_.Below(12)) {
      case 0:
        return pattern::Empty();
      case 1:
        return pattern::LookAt(static_cast<vm::Look>(random_.Below(5)));
      case 2:
      case 3:
      case 4: {
        vm::ByteSet set;
        for (uint32_t k = random_.Below(4); k-- > 0;) {
          set.set(static_cast<unsigned char>(RandomByte(&random_)));
        }
        return pattern::Class(random_.OneIn(4) ? ~set : set);
      }
      default: {
        std::string text;
        for (uint32_t k = random_.Below(3) + 1; k-- > 0;) {
          text += RandomByte(&random_);
        }
        return pattern::Literal(std::move(text), random_.OneIn(4));
      }
    }
  }

  Random& random_;
  uint32_t captures_ = 0;
};

constexpr std::array<std::string_view, 12> kWords = {
    "rank", "loss", "GPU", "memory", "error", "took",
    "of",   "at",   ":",   "(",      "=",     "failed"};

constexpr std::array<vm::Type, 15> kTypes = {
    vm::Type::Int,      vm::Type::Hex,  vm::Type::Float, vm::Type::Bytes,
    vm::Type::Duration, vm::Type::Time, vm::Type::Ip,    vm::Type::Percent,
    vm::Type::Pci,      vm::Type::Path, vm::Type::Word,  vm::Type::Text,
    vm::Type::Version,  vm::Type::Bool, vm::Type::Text};

// Values of every type, and what comes close.
constexpr std::array<std::string_view, 30> kSamples = {
    "7",          "-12",
    "  42",       "1234567890123456789012",
    "0x1fA",      "deadbeef",
    "1.5e-3",     "nan",
    "2.00 GiB",   "512MB",
    "80G",        "1h30m",
    "600029 ms",  "00:05:12",
    "12:34:56",   "2026-07-30T03:36:29.123Z",
    "10.0.0.17",  "fe80::1",
    "99.5%",      "0000:1b:00.0",
    "/data/a.py", "s3://b/ckpt",
    "node-17",    "two words",
    "2.1.0rc1",   "2.6.0+cu124",
    "True",       "",
    "x",          "Jul  3 03:36:29"};

template <typename T, size_t kSize>
const T& Pick(const std::array<T, kSize>& table, Random* random) {
  return table[random->Below(static_cast<uint32_t>(kSize))];
}

}  // namespace

uint64_t FromEnvironment(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

Node RandomNode(Random* random) {
  return NodeMaker(random).Make(1 + random->Below(5));
}

std::string RandomLine(Random* random) {
  std::string line;
  for (uint32_t k = random->Below(14); k-- > 0;) {
    line += RandomByte(random);
  }
  return line;
}

TextCase RandomTextCase(Random* random) {
  std::vector<Node> parts;
  std::string line = random->OneIn(2) ? "noise " : "";
  const uint32_t pieces = 1 + random->Below(5);
  uint32_t captures = 0;
  if (random->OneIn(8)) {
    parts.push_back(pattern::LookAt(vm::Look::Begin));
    line.clear();
  }
  for (uint32_t k = 0; k < pieces; ++k) {
    const bool blank = k > 0 && !random->OneIn(4);
    if (blank) {
      parts.push_back(pattern::BlankRun());
      line += random->OneIn(4) ? "  " : " ";
    }
    if (random->OneIn(2)) {
      const std::string_view word = Pick(kWords, random);
      const bool fold = random->OneIn(8);
      parts.push_back(pattern::Literal(std::string(word), fold));
      line += random->OneIn(12) ? Pick(kWords, random) : word;
      continue;
    }
    const bool last = k + 1 == pieces;
    Node hole = pattern::TypeLanguage(Pick(kTypes, random), last);
    if (random->OneIn(6)) {
      hole = pattern::Alt({std::move(hole), pattern::Empty()});
    }
    parts.push_back(random->OneIn(6)
                        ? pattern::AnyRun(last)
                        : pattern::Capture(std::move(hole), captures++));
    line += Pick(kSamples, random);
  }
  if (random->OneIn(8)) {
    parts.push_back(pattern::LookAt(vm::Look::End));
  } else if (random->OneIn(2)) {
    line += random->OneIn(2) ? " tail" : "9";
  }
  Node node = pattern::Cat(std::move(parts));
  if (random->OneIn(6)) {
    node = pattern::FoldCase(std::move(node));
  }
  return {std::move(node), std::move(line)};
}

}  // namespace telltale::testing
