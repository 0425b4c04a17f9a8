// Runs PEGTL. Items are parsed one by one, so that an error in one leaves the
// others readable. What could stand at an error is told by the tokens that were
// tried at the furthest place reached.
#include "dsl/parse/parser.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string>
#include <type_traits>

#include <fmt/format.h>

#include "dsl/diag/suggest.h"
#include "dsl/parse/build_ast.h"
#include "dsl/parse/messages.h"
#include "dsl/parse/syntax.h"
#include "grammar/language.h"
#include "runtime/base/bytes.h"
#include "runtime/base/narrow.h"
#include "runtime/base/utf8.h"

namespace telltale {

namespace {

namespace g = grammar;
namespace p = tao::pegtl;
using parse::Kind;
using parse::Syntax;

// ------------------------------------------------- which rules become nodes

template <typename Rule>
inline constexpr std::optional<Kind> kNode = std::nullopt;
#define TT_RULE(rule) \
  template <>         \
  inline constexpr std::optional<Kind> kNode<g::rule> = Kind::rule;
#include "dsl/parse/rules.def"
#undef TT_RULE

template <typename Rule>
inline constexpr bool kNests =
    std::is_same_v<Rule, g::expr> || std::is_same_v<Rule, g::pattern> ||
    std::is_same_v<Rule, g::not_term> || std::is_same_v<Rule, g::negated> ||
    std::is_same_v<Rule, g::nodes> || std::is_same_v<Rule, g::event> ||
    std::is_same_v<Rule, g::type> || std::is_same_v<Rule, g::item>;

// ------------------------------------------------------------------ state

struct State {
  const char* text = nullptr;  // the whole file
  uint32_t base = 0;           // address of its first byte
  std::vector<Syntax> open;    // nodes being matched; [0] collects
  int depth = 0;
  // The matches of `sp`, and the comments in them. Each token is followed by
  // one, so what stands between two is a token.
  std::vector<Span> gaps;
  std::vector<Span> comments;

  std::vector<const char*> starts;
  const char* furthest = nullptr;
  std::set<std::string_view> expected;  // tokens tried at `furthest`

  uint32_t Address(const char* at) const {
    return base + Narrow<uint32_t>(at - text);
  }
  // Takes back what was matched behind `address`.
  void Rewind(uint32_t address) {
    while (!gaps.empty() && gaps.back().begin > address) {
      gaps.pop_back();
    }
    while (!comments.empty() && comments.back().begin >= address) {
      comments.pop_back();
    }
  }
  void Tried(const char* at, std::string_view token) {
    if (furthest == nullptr || at > furthest) {
      furthest = at;
      expected.clear();
    }
    if (at == furthest) {
      expected.insert(token);
    }
  }
};

// What was matched there before was taken back since.
void KeepLast(std::vector<Span>* spans, Span span) {
  while (!spans->empty() && spans->back().begin >= span.begin) {
    spans->pop_back();
  }
  spans->push_back(span);
}

constexpr const char* kTooDeep = "nested too deep";

template <typename Rule>
struct Track : p::normal<Rule> {
  template <typename In>
  static void start(const In& in, State& state) {
    state.starts.push_back(in.current());
    if constexpr (kNode<Rule>.has_value()) {
      state.open.push_back({*kNode<Rule>, state.Address(in.current()), 0, {}});
    }
    if constexpr (kNests<Rule>) {
      if (++state.depth > kMaxNesting) {
        throw p::parse_error(kTooDeep, in);
      }
    }
  }

  template <typename In>
  static void success(const In& in, State& state) {
    const Span matched{state.Address(state.starts.back()),
                       state.Address(in.current())};
    state.starts.pop_back();
    if constexpr (std::is_same_v<Rule, g::sp>) {
      KeepLast(&state.gaps, matched);
    }
    if constexpr (std::is_same_v<Rule, g::comment>) {
      KeepLast(&state.comments, matched);
    }
    if constexpr (kNode<Rule>.has_value()) {
      Syntax done = std::move(state.open.back());
      state.open.pop_back();
      done.end = matched.end;
      state.open.back().children.push_back(std::move(done));
    }
    if constexpr (kNests<Rule>) {
      --state.depth;
    }
  }

  template <typename In>
  static void failure(const In& /*in*/, State& state) {
    const char* at = state.starts.back();
    state.starts.pop_back();
    state.Rewind(state.Address(at));
    if constexpr (kNode<Rule>.has_value()) {
      state.open.pop_back();
    }
    if constexpr (kNests<Rule>) {
      --state.depth;
    }
    constexpr std::string_view token = parse::kToken<Rule>;
    if constexpr (!token.empty()) {
      state.Tried(at, token);
    }
  }
};

// ------------------------------------------------------------------ errors

std::string_view WordAt(std::string_view text, size_t at) {
  size_t end = at;
  while (end < text.size() && IsWordByte(text[end])) {
    ++end;
  }
  return text.substr(at, end - at);
}

std::string Listed(const std::set<std::string_view>& tokens) {
  constexpr size_t kMost = 10;
  std::string out;
  size_t n = 0;
  for (const std::string_view token : tokens) {
    if (n == kMost) {
      return out + ", ...";
    }
    const bool last = ++n == tokens.size();
    out += (out.empty() ? "" : last ? " or " : ", ") + std::string(token);
  }
  return out;
}

class FileParser {
 public:
  FileParser(const SourceMap& sources, SourceId id, DiagSink& diags)
      : sources_(sources),
        text_(sources.text(id)),
        base_(sources.begin(id)),
        diags_(diags) {
    state_.text = text_.data();
    state_.base = base_;
  }

  ast::File Run() {
    file_.span = {base_, base_ + Narrow<uint32_t>(text_.size())};
    if (!CheckUtf8()) {
      return std::move(file_);
    }
    // Editors of some systems put a byte order mark at the front.
    const size_t front = text_.starts_with("\xef\xbb\xbf") ? 3 : 0;
    size_t at = Match<g::sp>(front).value_or(front);
    at = Match<g::edition>(at).value_or(at);
    at = failed_ ? at : Match<g::pack>(at).value_or(at);
    while (!failed_ && at < text_.size()) {
      const std::optional<size_t> next = Match<g::top>(at);
      if (next.has_value()) {
        at = *next;
        continue;
      }
      Report(at);
      const size_t resumed = NextItem(std::max(at + 1, ErrorOffset()));
      if (++errors_ >= kMaxErrors || !seen_item_) {
        break;  // no rule file, or nothing more to learn from it
      }
      at = resumed;
      failed_ = false;
      state_.furthest = nullptr;
    }
    if (failed_ && errors_ == 0) {
      Report(at);
    }
    CollectTokens();
    return std::move(file_);
  }

 private:
  static constexpr int kMaxErrors = 20;

  bool CheckUtf8() {
    for (size_t at = 0; at < text_.size();) {
      const size_t size = Utf8Size(text_.substr(at));
      if (size == 0 || text_[at] == '\0') {
        const auto where = base_ + Narrow<uint32_t>(at);
        diags_
            .Emit({where, where + 1}, diag::NotUtf8,
                  static_cast<unsigned>(static_cast<unsigned char>(text_[at])),
                  at)
            .Help(
                "a rule file is text; was a log or a binary given by "
                "mistake?");
        return false;
      }
      at += size;
    }
    return true;
  }

  // Where the match of `Rule` from `at` ends; nothing if it does not match.
  template <typename Rule>
  std::optional<size_t> Match(size_t at) {
    p::memory_input<> in(text_.data() + at, text_.data() + text_.size(), "");
    state_.open.assign(1, Syntax{});
    state_.starts.clear();
    state_.depth = 0;
    try {
      if (!p::parse<Rule, p::nothing, Track>(in, state_)) {
        return std::nullopt;
      }
    } catch (const p::parse_error& error) {
      failed_ = true;
      too_deep_ = error.message() == kTooDeep;
      if (too_deep_) {
        deep_at_ = at + error.positions().front().byte;
      }
      return std::nullopt;
    }
    for (const Syntax& node : state_.open[0].children) {
      parse::AddItem(sources_, node, diags_, &file_);
      seen_item_ = true;
    }
    return static_cast<size_t>(in.current() - text_.data());
  }

  void CollectTokens() {
    const auto trimmed = [&](Span span) {
      const std::string_view text = sources_.TextOf(span);
      const size_t last = text.find_last_not_of(" \t\r\n\v\f");
      return Span{span.begin, span.begin + Narrow<uint32_t>(last + 1)};
    };
    auto comment = state_.comments.begin();
    for (size_t k = 0; k < state_.gaps.size(); ++k) {
      const Span gap = state_.gaps[k];
      if (k > 0 && state_.gaps[k - 1].end < gap.begin) {
        file_.tokens.push_back({{state_.gaps[k - 1].end, gap.begin}, false});
      }
      for (; comment != state_.comments.end() && comment->begin < gap.end;
           ++comment) {
        file_.tokens.push_back({trimmed(*comment), true});
      }
    }
  }

  size_t ErrorOffset() const {
    return state_.furthest == nullptr
               ? 0
               : static_cast<size_t>(state_.furthest - text_.data());
  }

  void Report(size_t at) {
    if (too_deep_) {
      const auto where = base_ + Narrow<uint32_t>(deep_at_);
      diags_.Emit({where, where + 1}, diag::TooDeep, kMaxNesting)
          .Help("split the pattern or the expression into smaller ones");
      too_deep_ = false;
      return;
    }
    const size_t offset = std::max(at, ErrorOffset());
    const std::string_view word = WordAt(text_, offset);
    const auto begin = base_ + Narrow<uint32_t>(offset);
    const Span span{begin,
                    begin + Narrow<uint32_t>(std::max<size_t>(word.size(), 1))};
    const std::string found = parse::Found(text_, offset);
    const std::set<std::string_view>& expected = state_.expected;
    if (const auto meant = parse::MeantMessage(text_, offset, expected)) {
      diags_.Emit(span, diag::Syntax, meant->text).Help(meant->help);
      return;
    }
    if (const auto special = parse::SpecialMessage(expected)) {
      diags_.Emit(span, diag::Syntax, special->text).Help(special->help);
      return;
    }
    if (!seen_item_ && offset == at) {
      diags_
          .Emit(span, diag::Syntax,
                fmt::format("this is no rule file: it begins with {}", found))
          .Help(
              "a rule file begins with `use`, `taxonomy`, `source`, `sig` or "
              "another item; see `docs/ten-minutes.md`");
      return;
    }
    std::vector<std::string> words;
    for (const std::string_view token : expected) {
      if (token.size() > 2 && token.front() == '`') {
        words.emplace_back(token.substr(1, token.size() - 2));
      }
    }
    const auto meant = Closest(word, words);
    if (meant.has_value() && word.size() > 1) {
      diags_
          .Emit(span, diag::Syntax,
                fmt::format("unknown word `{}`; did you mean `{}`?", word,
                            *meant))
          .Fix(span, *meant);
      return;
    }
    diags_.Emit(span, diag::Syntax,
                expected.empty() ? fmt::format("unexpected {}", found)
                                 : fmt::format("found {}; expected {}", found,
                                               Listed(expected)));
  }

  // The next line that begins with an item's word.
  size_t NextItem(size_t from) const {
    constexpr std::array<std::string_view, 12> kItems = {
        "taxonomy", "source", "block", "table", "param", "let",
        "template", "apply",  "sig",   "rule",  "stage", "test"};
    // The error itself may stand where an item begins.
    size_t at = text_.find('\n', from - 1);
    while (at != std::string_view::npos) {
      ++at;
      const std::string_view word = WordAt(text_, at);
      if (std::find(kItems.begin(), kItems.end(), word) != kItems.end()) {
        return at;
      }
      at = text_.find('\n', at);
    }
    return text_.size();
  }

  const SourceMap& sources_;
  std::string_view text_;
  uint32_t base_;
  DiagSink& diags_;
  ast::File file_;
  State state_;
  bool failed_ = false;
  bool too_deep_ = false;
  size_t deep_at_ = 0;
  bool seen_item_ = false;
  int errors_ = 0;
};

}  // namespace

ast::File Parse(const SourceMap& sources, SourceId id, DiagSink& diags) {
  return FileParser(sources, id, diags).Run();
}

}  // namespace telltale
