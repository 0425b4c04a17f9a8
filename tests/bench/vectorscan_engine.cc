// Vectorscan in block mode: blocks of whole lines, all patterns at once. It
// reports the end of every match; a callback keeps (end, pattern), and what
// falls into one line is one pair.
#include <algorithm>

#include <fmt/format.h>
#include <hs/hs.h>

#include "runtime/base/narrow.h"
#include "tests/bench/engine.h"

namespace telltale::bench {

namespace {

struct Ends {
  std::vector<std::pair<size_t, uint32_t>> found;  // end in the block, pattern
};

int Keep(unsigned id, unsigned long long, unsigned long long end, unsigned,
         void* ends) {
  static_cast<Ends*>(ends)->found.emplace_back(end, id);
  return 0;
}

class Vectorscan : public Engine {
 public:
  explicit Vectorscan(Wording wording) : wording_(wording) {}
  ~Vectorscan() override {
    hs_free_scratch(scratch_);
    hs_free_database(database_);
  }
  Vectorscan(const Vectorscan&) = delete;
  Vectorscan& operator=(const Vectorscan&) = delete;

  [[nodiscard]] std::string name() const override {
    return NameOf("vectorscan", wording_);
  }
  [[nodiscard]] std::string about() const override {
    return fmt::format("Vectorscan {}, block mode, multi-line, 1 MiB blocks",
                       std::string_view(hs_version()).substr(0, 5));
  }

  Result<void> Compile(std::span<const Pattern> patterns) override {
    std::vector<std::string> texts;
    std::vector<const char*> expressions;
    std::vector<unsigned> ids;
    for (const Pattern& pattern : patterns) {
      texts.push_back(RegexOf(pattern, wording_));
      ids.push_back(Narrow<unsigned>(ids.size()));
    }
    for (const std::string& text : texts) {
      expressions.push_back(text.c_str());
    }
    const std::vector<unsigned> flags(patterns.size(), HS_FLAG_MULTILINE);
    hs_compile_error_t* error = nullptr;
    if (hs_compile_multi(expressions.data(), flags.data(), ids.data(),
                         Narrow<unsigned>(patterns.size()), HS_MODE_BLOCK,
                         nullptr, &database_, &error) != HS_SUCCESS) {
      std::string message = fmt::format(
          "vectorscan: `{}`: {}",
          error->expression >= 0 ? texts[static_cast<size_t>(error->expression)]
                                 : "",
          error->message);
      hs_free_compile_error(error);
      return Fail(std::move(message));
    }
    if (hs_alloc_scratch(database_, &scratch_) != HS_SUCCESS) {
      return Fail("vectorscan: no scratch");
    }
    return {};
  }

  Result<void> Scan(std::string_view text, std::vector<Pair>* pairs) override {
    LineCounter lines;
    for (size_t begin = 0; begin < text.size();) {
      const size_t end = BlockEnd(text, begin);
      ends_.found.clear();
      if (hs_scan(database_, text.data() + begin, Narrow<unsigned>(end - begin),
                  0, scratch_, Keep, &ends_) != HS_SUCCESS) {
        return Fail("vectorscan: the scan failed");
      }
      std::sort(ends_.found.begin(), ends_.found.end());
      const auto first = static_cast<std::ptrdiff_t>(pairs->size());
      for (const auto& [at, pattern] : ends_.found) {
        // A match is not empty and holds no line end.
        pairs->push_back({lines.LineOf(text, begin + at - 1), pattern});
      }
      std::sort(pairs->begin() + first, pairs->end());
      pairs->erase(std::unique(pairs->begin() + first, pairs->end()),
                   pairs->end());
      lines.LineOf(text, end);
      begin = end;
    }
    return {};
  }

 private:
  Wording wording_;
  hs_database_t* database_ = nullptr;
  hs_scratch_t* scratch_ = nullptr;
  Ends ends_;
};

}  // namespace

std::unique_ptr<Engine> MakeVectorscan(Wording wording) {
  return std::make_unique<Vectorscan>(wording);
}

}  // namespace telltale::bench
