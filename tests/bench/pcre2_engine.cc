// PCRE2 with its JIT has no sets. What can be done about that is three methods,
// see engine.h.
#define PCRE2_CODE_UNIT_WIDTH 8
#include <cstring>

#include <fmt/format.h>
#include <pcre2.h>

#include "runtime/base/narrow.h"
#include "tests/bench/engine.h"

namespace telltale::bench {

namespace {

struct FreeCode {
  void operator()(pcre2_code* code) const { pcre2_code_free(code); }
};
struct FreeData {
  void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
};
struct FreeContext {
  void operator()(pcre2_match_context* context) const {
    pcre2_match_context_free(context);
  }
};
struct FreeStack {
  void operator()(pcre2_jit_stack* stack) const { pcre2_jit_stack_free(stack); }
};
using Code = std::unique_ptr<pcre2_code, FreeCode>;

class Pcre2 : public Engine {
 public:
  Pcre2(Pcre2Method method, Wording wording)
      : method_(method),
        wording_(wording),
        data_(pcre2_match_data_create(1, nullptr)),
        context_(pcre2_match_context_create(nullptr)),
        stack_(pcre2_jit_stack_create(32 * 1024, 1024 * 1024, nullptr)) {
    pcre2_jit_stack_assign(context_.get(), nullptr, stack_.get());
  }

  [[nodiscard]] std::string name() const override {
    switch (method_) {
      case Pcre2Method::Lines:
        return NameOf("pcre2-lines", wording_);
      case Pcre2Method::Blocks:
        return NameOf("pcre2", wording_);
      case Pcre2Method::Alternation:
        return NameOf("pcre2-alternation", wording_);
    }
    return "";
  }
  [[nodiscard]] std::string about() const override {
    switch (method_) {
      case Pcre2Method::Lines:
        return "PCRE2-JIT, every pattern on each line";
      case Pcre2Method::Blocks:
        return "PCRE2-JIT, every pattern over 1 MiB blocks, multi-line";
      case Pcre2Method::Alternation:
        return "PCRE2-JIT, all as one alternation over 1 MiB blocks, then "
               "every pattern on lines that it matches";
    }
    return "";
  }

  Result<void> Compile(std::span<const Pattern> patterns) override {
    std::string all;
    for (const Pattern& pattern : patterns) {
      const std::string regex = RegexOf(pattern, wording_);
      all += fmt::format("{}(?:{})", all.empty() ? "" : "|", regex);
      if (auto code = CompileOne(regex); code.has_value()) {
        codes_.push_back(std::move(*code));
      } else {
        return Fail(code.error().message);
      }
    }
    if (method_ == Pcre2Method::Alternation) {
      auto code = CompileOne(all);
      if (!code.has_value()) {
        return Fail(code.error().message);
      }
      all_ = std::move(*code);
    }
    return {};
  }

  Result<void> Scan(std::string_view text, std::vector<Pair>* pairs) override {
    uint64_t line = 1;
    failed_ = 0;
    for (size_t begin = 0; begin < text.size();) {
      const size_t end = BlockEnd(text, begin);
      const std::string_view block = text.substr(begin, end - begin);
      switch (method_) {
        case Pcre2Method::Lines:
          line = OnLines(block, line, pairs);
          break;
        case Pcre2Method::Blocks:
          for (uint32_t k = 0; k < codes_.size(); ++k) {
            OverBlock(*codes_[k], block, line,
                      [&](uint64_t at, auto) { pairs->push_back({at, k}); });
          }
          line = LineCounter().LineOf(block, block.size()) + line - 1;
          break;
        case Pcre2Method::Alternation:
          OverBlock(*all_, block, line, [&](uint64_t at, auto record) {
            OnLine(record, at, pairs);
          });
          line = LineCounter().LineOf(block, block.size()) + line - 1;
          break;
      }
      begin = end;
    }
    if (failed_ != 0) {
      return Fail(fmt::format("pcre2: matching failed with {}", failed_));
    }
    return {};
  }

 private:
  static Result<Code> CompileOne(const std::string& regex) {
    int error = 0;
    size_t at = 0;
    Code code(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(regex.data()),
                            regex.size(), PCRE2_MULTILINE, &error, &at,
                            nullptr));
    if (code == nullptr ||
        pcre2_jit_compile(code.get(), PCRE2_JIT_COMPLETE) != 0) {
      return Fail(fmt::format("pcre2: `{}`: error {} at {}", regex, error, at));
    }
    return code;
  }

  // Where the first match from `at` on begins; npos: there is none.
  size_t Find(const pcre2_code& code, std::string_view text, size_t at) {
    const int count =
        pcre2_jit_match(&code, reinterpret_cast<PCRE2_SPTR>(text.data()),
                        text.size(), at, 0, data_.get(), context_.get());
    if (count < 0) {
      failed_ = count == PCRE2_ERROR_NOMATCH ? failed_ : count;
      return std::string_view::npos;
    }
    return pcre2_get_ovector_pointer(data_.get())[0];
  }

  // Calls `found(line number, line)` for each line that matches.
  template <typename Found>
  void OverBlock(const pcre2_code& code, std::string_view block, uint64_t line,
                 Found found) {
    LineCounter lines;
    size_t at = 0;
    while (at < block.size()) {
      at = Find(code, block, at);
      if (at == std::string_view::npos) {
        return;
      }
      const size_t before = block.rfind('\n', at);
      const size_t begin = before == std::string_view::npos ? 0 : before + 1;
      const size_t end = std::min(block.find('\n', at), block.size());
      found(lines.LineOf(block, at) + line - 1,
            block.substr(begin, end - begin));
      at = end + 1;
    }
  }

  void OnLine(std::string_view record, uint64_t line,
              std::vector<Pair>* pairs) {
    for (uint32_t k = 0; k < codes_.size(); ++k) {
      if (Find(*codes_[k], record, 0) != std::string_view::npos) {
        pairs->push_back({line, k});
      }
    }
  }

  uint64_t OnLines(std::string_view block, uint64_t line,
                   std::vector<Pair>* pairs) {
    for (size_t begin = 0; begin < block.size(); ++line) {
      const size_t end = std::min(block.find('\n', begin), block.size());
      OnLine(block.substr(begin, end - begin), line, pairs);
      begin = end + 1;
    }
    return line;
  }

  Pcre2Method method_;
  Wording wording_;
  std::vector<Code> codes_;
  Code all_;
  std::unique_ptr<pcre2_match_data, FreeData> data_;
  std::unique_ptr<pcre2_match_context, FreeContext> context_;
  std::unique_ptr<pcre2_jit_stack, FreeStack> stack_;
  int failed_ = 0;
};

}  // namespace

std::unique_ptr<Engine> MakePcre2(Pcre2Method method, Wording wording) {
  return std::make_unique<Pcre2>(method, wording);
}

}  // namespace telltale::bench
