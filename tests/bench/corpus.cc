#include "tests/bench/corpus.h"

#include <random>

#include <fmt/format.h>

namespace telltale::bench {

namespace {

// A line of these stands in for every so many benign ones.
constexpr uint32_t kNearMissOneIn = 250;

class Writer {
 public:
  Writer(uint64_t seed, std::string* out) : random_(seed), out_(*out) {}

  // In [0, limit). The same on every machine, unlike std's distributions.
  uint32_t Below(uint32_t limit) {
    return static_cast<uint32_t>((random_() >> 32) % limit);
  }
  bool Chance(double p) {
    return static_cast<double>(random_() >> 11) < p * 0x1p53;
  }
  std::string_view OneOf(std::span<const std::string_view> list) {
    return list[Below(static_cast<uint32_t>(list.size()))];
  }

  void Write(std::string_view line) {
    size_t at = 0;
    while (at < line.size()) {
      const size_t field = std::min(line.find('%', at), line.size());
      out_.append(line.substr(at, field - at));
      if (field + 1 < line.size()) {
        Field(line[field + 1]);
      }
      at = field + 2;
    }
  }
  void EndLine() {
    out_.push_back('\n');
    milliseconds_ += Below(40);
  }

 private:
  template <typename... Args>
  void Add(fmt::format_string<Args...> text, Args&&... args) {
    fmt::format_to(std::back_inserter(out_), text, std::forward<Args>(args)...);
  }

  // Mostly small, as numbers in logs are.
  uint32_t Number() {
    constexpr uint32_t kLimits[] = {10, 100, 1000, 10'000, 1'000'000};
    return Below(kLimits[Below(5)]);
  }

  void Time(std::string_view date_format) {
    const uint64_t seconds = milliseconds_ / 1000;
    Add("{}{:02}:{:02}:{:02}", date_format, seconds / 3600 % 24,
        seconds / 60 % 60, seconds % 60);
  }

  void Field(char kind) {
    const uint64_t day = 1 + milliseconds_ / 86'400'000 % 28;
    switch (kind) {
      case 'i':
        return Add("{}", Number());
      case 'n':
        return Add("{}", Below(8));
      case 'C':
        return Add("{:05}", Below(100'000));
      case 'r':
        return Add("{}", Below(1024));
      case 'P':
        return Add("{}", 1000 + Below(3'000'000));
      case 'f':
        return Add("{}.{:03}", Number(), Below(1000));
      case 'e':
        return Add("{}.{:06}E{}{:02}", Below(10), Below(1'000'000),
                   Below(2) == 0 ? '-' : '+', Below(6));
      case 'b':
        return Add("{}.{:02} {}", Below(1000), Below(100),
                   Below(2) == 0 ? "GiB" : "MiB");
      case 'h':
        return Add("gpu-{}{:04}", "abcd"[Below(4)], Below(2048));
      case 'p':
        return Add("0000:{:02x}:{:02x}.0", Below(256), Below(32));
      case 'x':
        return Add("{:016x}", random_());
      case 'w':
        return Word();
      case 'W':
        Word();
        Add(".");
        return Word();
      case 'F':
        return Add("/{}/{}/{}{}.py", OneOf(Words()), OneOf(Words()),
                   OneOf(Words()), Below(100));
      case 'a':
        return Add("10.{}.{}.{}", Below(256), Below(256), Below(256));
      case 't':
        return Time(fmt::format("2026-07-{:02}T", day));
      case 's':
        return Time(fmt::format("Jul {:2} ", day));
      case 'g':
        Time(fmt::format("07{:02} ", day));
        return Add(".{:06}", milliseconds_ % 1000 * 1000 + Below(1000));
      case 'd':
        return Add("{}.{} seconds", Below(1000), Below(10));
      case 'v':
        return Add("{}.{}.{}", Below(13), Below(30), Below(10));
      case 'm':
        return Add("{}", OneOf(Models()));
      default:
        out_.push_back(kind);
        return;
    }
  }

  void Word() {
    Add("{}", OneOf(Words()));
    if (Below(3) == 0) {
      Add("_{}", OneOf(Words()));
    }
  }

  std::mt19937_64 random_;
  std::string& out_;
  uint64_t milliseconds_ = 0;
};

// The program that writes the next stretch of lines.
const Program& ChooseProgram(Writer* writer) {
  uint32_t total = 0;
  for (const Program& program : Programs()) {
    total += program.weight;
  }
  uint32_t left = writer->Below(total);
  for (const Program& program : Programs()) {
    if (left < program.weight) {
      return program;
    }
    left -= program.weight;
  }
  return Programs().front();
}

}  // namespace

Corpus MakeCorpus(const CorpusOptions& options,
                  std::span<const Pattern> patterns) {
  constexpr size_t kLongestLine = 4096;
  Corpus corpus;
  corpus.text.reserve(options.bytes + kLongestLine);
  Writer writer(options.seed, &corpus.text);
  while (corpus.text.size() < options.bytes) {
    const Program& program = ChooseProgram(&writer);
    const uint32_t stretch = 16 + writer.Below(240);
    for (uint32_t k = 0; k < stretch && corpus.text.size() < options.bytes;
         ++k) {
      if (writer.Chance(options.density)) {
        // In turn, so that each occurs even where hits are few.
        std::string_view line =
            patterns[corpus.planted % patterns.size()].sample;
        if (line.starts_with('^')) {
          line.remove_prefix(1);
        } else {
          writer.Write(writer.OneOf(Prefixes()));
        }
        writer.Write(line);
        ++corpus.planted;
      } else if (writer.Below(kNearMissOneIn) == 0) {
        writer.Write(writer.OneOf(Prefixes()));
        writer.Write(writer.OneOf(NearMisses()));
      } else {
        writer.Write(writer.OneOf(program.lines));
      }
      writer.EndLine();
      ++corpus.lines;
    }
  }
  return corpus;
}

std::string SampleOf(const Pattern& pattern) {
  std::string_view line = pattern.sample;
  line.remove_prefix(line.starts_with('^') ? 1 : 0);
  std::string out;
  Writer(1, &out).Write(line);
  return out;
}

}  // namespace telltale::bench
