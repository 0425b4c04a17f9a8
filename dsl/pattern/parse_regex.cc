#include "dsl/pattern/parse_regex.h"

#include <algorithm>
#include <optional>

#include "dsl/pattern/byte_sets.h"
#include "runtime/base/narrow.h"

namespace telltale::pattern {

namespace {

constexpr int kMaxDepth = 64;

int HexDigit(char c) {
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                : -1;
}

class Parser {
 public:
  Parser(std::string_view regex, Span span, bool fold, DiagSink& diags)
      : text_(regex), span_(span), fold_(fold), diags_(diags) {}

  Node Run() {
    Node node = Alternatives(0);
    if (!failed_ && at_ < text_.size()) {
      Fail(at_, at_ + 1, "write `\\)` for the byte itself", diag::BadRegex,
           "unmatched `)`");
    }
    if (const uint64_t size = ExpandedSize(node);
        !failed_ && size > kMaxExpanded) {
      Fail(0, text_.size(), "use smaller counts, `*` or `+`",
           diag::RegexTooLarge, size, kMaxExpanded);
    }
    return failed_ ? Nothing() : node;
  }

 private:
  // Reports the first mistake at regex[begin, end) and gives up.
  template <typename... Args>
  Node Fail(size_t begin, size_t end, std::string_view help,
            const diag::Kind& kind, const Args&... args) {
    if (!failed_) {
      failed_ = true;
      end = std::min(end, text_.size());
      diags_
          .Emit({span_.begin + Narrow<uint32_t>(begin),
                 span_.begin + Narrow<uint32_t>(end)},
                kind, args...)
          .Help(std::string(help));
    }
    at_ = text_.size();
    return Nothing();
  }

  [[nodiscard]] bool More() const { return at_ < text_.size(); }
  [[nodiscard]] char Peek(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  Node Alternatives(int depth) {
    if (depth > kMaxDepth) {
      return Fail(at_, at_ + 1, "use fewer parentheses", diag::BadRegex,
                  "nested too deep");
    }
    std::vector<Node> sides;
    sides.push_back(Sequence(depth));
    while (More() && Peek() == '|') {
      ++at_;
      sides.push_back(Sequence(depth));
    }
    return Alt(std::move(sides));
  }

  Node Sequence(int depth) {
    std::vector<Node> parts;
    while (More() && Peek() != '|' && Peek() != ')') {
      parts.push_back(Repeated(depth));
    }
    return Cat(std::move(parts));
  }

  Node Repeated(int depth) {
    const size_t begin = at_;
    Node node = Atom(depth);
    bool repeated = false;
    while (More() && !failed_) {
      const size_t repeat = at_;
      uint32_t min = 0;
      uint32_t max = Node::kUnbounded;
      const char c = Peek();
      if (c == '*') {
        ++at_;
      } else if (c == '+') {
        min = 1;
        ++at_;
      } else if (c == '?') {
        max = 1;
        ++at_;
      } else if (c != '{' || !Counts(&min, &max)) {
        break;
      }
      if (failed_) {
        return Nothing();
      }
      if (node.kind == Node::Kind::Look && text_[begin] != '(') {
        return Fail(begin, at_, "a place such as `^` cannot be repeated",
                    diag::BadRegex, "nothing to repeat");
      }
      if (Peek() == '+') {
        return Fail(
            repeat, at_ + 1, "matching never backtracks here: drop the `+`",
            diag::RegexPossessive, text_.substr(repeat, at_ + 1 - repeat));
      }
      const bool lazy = Peek() == '?';
      at_ += lazy ? 1 : 0;
      if (repeated) {
        return Fail(repeat, at_, "put the inner repeat into `(?:...)`",
                    diag::BadRegex, "this repeats a repeat");
      }
      repeated = true;
      node = Repeat(std::move(node), min, max, !lazy);
    }
    return node;
  }

  bool Counts(uint32_t* min, uint32_t* max) {
    const size_t begin = at_;
    size_t at = at_ + 1;
    const auto number = [&](uint32_t* value) {
      const size_t first = at;
      uint64_t n = 0;
      while (at < text_.size() && text_[at] >= '0' && text_[at] <= '9') {
        n = std::min<uint64_t>(n * 10 + static_cast<uint64_t>(text_[at] - '0'),
                               1'000'000);
        ++at;
      }
      *value = static_cast<uint32_t>(n);
      return at > first;
    };
    if (!number(min)) {
      Fail(begin, begin + 1,
           "write `{2}`, `{2,}` or `{2,5}`, or `\\{` for the byte itself",
           diag::BadRegex, "a `{` that begins no count");
      return true;
    }
    *max = *min;
    if (at < text_.size() && text_[at] == ',') {
      ++at;
      if (!number(max)) {
        *max = Node::kUnbounded;
      }
    }
    if (at >= text_.size() || text_[at] != '}') {
      Fail(begin, at, "write `{2,5}`", diag::BadRegex, "this count has no `}`");
      return true;
    }
    at_ = at + 1;
    if (*min > kMaxRepeat || (*max != Node::kUnbounded && *max > kMaxRepeat)) {
      Fail(begin, at_, "use `*` or `+`", diag::RegexCount,
           text_.substr(begin, at_ - begin), kMaxRepeat);
    } else if (*max < *min) {
      Fail(begin, at_, "write the smaller one first", diag::BadRegex,
           "the counts are the wrong way round");
    }
    return true;
  }

  Node Atom(int depth) {
    const size_t begin = at_;
    const char c = text_[at_++];
    switch (c) {
      case '(':
        return Group(begin, depth);
      case '[':
        return Bracket(begin);
      case '.': {
        ByteSet any;
        any.set();
        any.reset('\n');
        return Class(any);
      }
      case '^':
        return LookAt(Look::Begin);
      case '$':
        return LookAt(Look::End);
      case '*':
      case '+':
      case '?':
        return Fail(begin, at_, "write `\\` before it for the byte itself",
                    diag::BadRegex, "nothing to repeat");
      case '\\':
        return Escape(begin);
      default:
        at_ = CharEnd(begin);
        return Bytes(std::string(text_.substr(begin, at_ - begin)));
    }
  }

  // The end of the UTF-8 character at `begin`: a repeat takes all its bytes.
  [[nodiscard]] size_t CharEnd(size_t begin) const {
    size_t end = begin + 1;
    while (end < text_.size() &&
           (static_cast<unsigned char>(text_[begin]) >= 0xc0) &&
           (static_cast<unsigned char>(text_[end]) & 0xc0u) == 0x80) {
      ++end;
    }
    return end;
  }

  Node Bytes(std::string bytes) { return Literal(std::move(bytes), fold_); }

  Node Group(size_t begin, int depth) {
    const bool fold = fold_;
    if (Peek() == '?') {
      const char kind = Peek(1);
      if (kind == ':') {
        at_ += 2;
      } else if (kind == 'i' && Peek(2) == ':') {
        at_ += 3;
        fold_ = true;
      } else if (kind == '=' || kind == '!' ||
                 (kind == '<' && (Peek(2) == '=' || Peek(2) == '!'))) {
        const size_t end = at_ + (kind == '<' ? 3 : 2);
        return Fail(begin, end,
                    "join terms with `&` and `!` instead: each is searched "
                    "on its own",
                    diag::RegexLookaround, text_.substr(begin, end - begin));
      } else if (kind == '<' || kind == 'P' || kind == '\'') {
        return Fail(begin, at_ + 2,
                    "name a hole of a text instead: `{name:/regex/}`",
                    diag::BadRegex, "named groups are not supported");
      } else {
        return Fail(begin, at_ + 2, "write `(?:...)`, `(?i:...)` or `(...)`",
                    diag::BadRegex, "this kind of group is not supported");
      }
    }
    Node node = Alternatives(depth + 1);
    fold_ = fold;
    if (failed_) {
      return node;
    }
    if (Peek() != ')' || !More()) {
      return Fail(begin, begin + 1, "write `\\(` for the byte itself",
                  diag::BadRegex, "this `(` is not closed");
    }
    ++at_;
    return node;
  }

  // The byte that an escape names, if it names one.
  std::optional<unsigned> EscapedByte() {
    const char c = Peek();
    switch (c) {
      case 't':
        return '\t';
      case 'n':
        return '\n';
      case 'r':
        return '\r';
      case '0':
        return 0;
      case 'x':
        if (HexDigit(Peek(1)) >= 0 && HexDigit(Peek(2)) >= 0) {
          const int byte = HexDigit(Peek(1)) * 16 + HexDigit(Peek(2));
          at_ += 2;
          return static_cast<unsigned>(byte);
        }
        return std::nullopt;
      default: {
        const auto byte = static_cast<unsigned char>(c);
        const bool word = WordBytes()[byte] || byte >= 0x80;
        return word ? std::nullopt : std::optional<unsigned>(byte);
      }
    }
  }

  Node UnknownEscape(size_t begin) {
    const char c = Peek();
    if (c >= '1' && c <= '9') {
      return Fail(begin, at_ + 1,
                  "capture both texts and compare them with `where`",
                  diag::RegexBackreference, text_.substr(begin, 2));
    }
    const size_t end = CharEnd(at_);
    return Fail(begin, end,
                "escapes are \\d \\w \\s \\D \\W \\S \\b \\B \\t \\n \\r \\0 "
                "\\xNN and `\\` before punctuation",
                diag::RegexEscape, text_.substr(begin, end - begin));
  }

  Node Escape(size_t begin) {
    if (!More()) {
      return Fail(begin, begin + 1, "write `\\\\` for the byte itself",
                  diag::BadRegex, "a `\\` at the end");
    }
    const char c = Peek();
    if (c == 'b' || c == 'B') {
      ++at_;
      return LookAt(c == 'b' ? Look::WordBoundary : Look::NotWordBoundary);
    }
    if (const auto named = NamedClass(c)) {
      ++at_;
      return Class(*named);
    }
    const std::optional<unsigned> byte = EscapedByte();
    if (!byte.has_value()) {
      return UnknownEscape(begin);
    }
    ++at_;
    return Bytes(std::string(1, static_cast<char>(*byte)));
  }

  Node Bracket(size_t begin) {
    const bool negated = Peek() == '^';
    at_ += negated ? 1 : 0;
    ByteSet set;
    bool first = true;
    while (true) {
      if (!More()) {
        return Fail(begin, begin + 1, "write `\\[` for the byte itself",
                    diag::BadRegex, "this `[` is not closed");
      }
      if (Peek() == ']' && !first) {
        ++at_;
        break;
      }
      first = false;
      const size_t item = at_;
      std::optional<unsigned> low = ClassItem(&set);
      if (failed_) {
        return Nothing();
      }
      if (low.has_value() && Peek() == '-' && Peek(1) != ']' &&
          at_ + 1 < text_.size()) {
        ++at_;
        ByteSet ignored;
        const std::optional<unsigned> high = ClassItem(&ignored);
        if (failed_) {
          return Nothing();
        }
        if (!high.has_value()) {
          return Fail(item, at_, "write `\\-` for the byte itself",
                      diag::BadRegex, "this range has no end");
        }
        if (*high < *low) {
          return Fail(item, at_, "write the smaller end first", diag::BadRegex,
                      "this range is empty");
        }
        set |= Range(*low, *high);
      } else if (low.has_value()) {
        set.set(*low);
      }
    }
    if (fold_) {
      set = Folded(set);
    }
    return Class(negated ? ~set : set);
  }

  // One member of a class: a byte, or a named class added to `set`.
  std::optional<unsigned> ClassItem(ByteSet* set) {
    const size_t begin = at_;
    const char c = text_[at_++];
    if (c == '[' && Peek() == ':') {
      Fail(begin, at_ + 1, "write \\d, \\w, \\s or ranges", diag::BadRegex,
           "POSIX classes are not supported");
      return std::nullopt;
    }
    if (static_cast<unsigned char>(c) >= 0x80) {
      Fail(begin, CharEnd(begin), "write alternatives: `(?:é|ü)`",
           diag::BadRegex,
           "a class holds single bytes, this character has "
           "several");
      return std::nullopt;
    }
    if (c != '\\') {
      return static_cast<unsigned char>(c);
    }
    if (!More()) {
      Fail(begin, begin + 1, "write `\\\\` for the byte itself", diag::BadRegex,
           "a `\\` at the end");
      return std::nullopt;
    }
    if (const auto named = NamedClass(Peek())) {
      ++at_;
      *set |= *named;
      return std::nullopt;
    }
    const std::optional<unsigned> byte = EscapedByte();
    if (!byte.has_value()) {
      UnknownEscape(begin);
      return std::nullopt;
    }
    ++at_;
    return byte;
  }

  std::string_view text_;
  Span span_;
  bool fold_;
  DiagSink& diags_;
  size_t at_ = 0;
  bool failed_ = false;
};

}  // namespace

Node ParseRegex(std::string_view regex, Span span, bool fold, DiagSink& diags) {
  return Parser(regex, span, fold, diags).Run();
}

}  // namespace telltale::pattern
