// RE2::Set, line by line: it tells which patterns match a text, not where, so
// there is no other way to get lines.
#include <cstring>

#include <fmt/format.h>
#include <re2/re2.h>
#include <re2/set.h>

#include "runtime/base/narrow.h"
#include "tests/bench/engine.h"

namespace telltale::bench {

namespace {

RE2::Options OptionsOfSet() {
  RE2::Options options(RE2::Latin1);
  options.set_log_errors(false);
  // Room for the whole automaton: with too little it starts over again and
  // again, or gives up.
  options.set_max_mem(int64_t{1} << 30);
  return options;
}

class Re2 : public Engine {
 public:
  explicit Re2(Wording wording)
      : wording_(wording), set_(OptionsOfSet(), RE2::UNANCHORED) {}

  [[nodiscard]] std::string name() const override {
    return NameOf("re2-set", wording_);
  }
  [[nodiscard]] std::string about() const override {
    return "RE2::Set on each line, memory for the whole automaton";
  }

  Result<void> Compile(std::span<const Pattern> patterns) override {
    for (const Pattern& pattern : patterns) {
      std::string error;
      const std::string regex = RegexOf(pattern, wording_);
      if (set_.Add(regex, &error) < 0) {
        return Fail(fmt::format("re2: `{}`: {}", regex, error));
      }
    }
    return set_.Compile() ? Result<void>() : Fail("re2: out of memory");
  }

  Result<void> Scan(std::string_view text, std::vector<Pair>* pairs) override {
    std::vector<int> matched;
    uint64_t line = 1;
    for (size_t begin = 0; begin < text.size(); ++line) {
      const void* newline =
          std::memchr(text.data() + begin, '\n', text.size() - begin);
      const size_t end =
          newline == nullptr
              ? text.size()
              : static_cast<size_t>(static_cast<const char*>(newline) -
                                    text.data());
      RE2::Set::ErrorInfo error;
      matched.clear();
      if (set_.Match({text.data() + begin, end - begin}, &matched, &error)) {
        for (const int pattern : matched) {
          pairs->push_back({line, Narrow<uint32_t>(pattern)});
        }
      } else if (error.kind != RE2::Set::kNoError) {
        return Fail("re2: out of memory");
      }
      begin = end + 1;
    }
    return {};
  }

 private:
  Wording wording_;
  RE2::Set set_;
};

}  // namespace

std::unique_ptr<Engine> MakeRe2(Wording wording) {
  return std::make_unique<Re2>(wording);
}

}  // namespace telltale::bench
