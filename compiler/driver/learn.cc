#include "compiler/driver/learn.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "compiler/automata/thompson.h"
#include "compiler/driver/pipeline.h"
#include "dsl/diag/render.h"
#include "dsl/parse/parser.h"
#include "dsl/pattern/pattern.h"
#include "runtime/base/bytes.h"
#include "runtime/base/narrow.h"
#include "runtime/base/utf8.h"
#include "runtime/vm/interpret.h"

namespace telltale::driver {

namespace {

constexpr size_t kPatternBytes = 200;  // of a long line its beginning will do
constexpr size_t kFewestBytes = 4;     // that must stay

bool IsLetter(char c) {
  return IsWordByte(c) && !IsDigitByte(c) && c != '_';
}

// Types that can be told by their look, the most telling first, each with the
// name of a value that nothing else names.
struct Look {
  vm::Type type;
  const char* hole;
  const char* name;
};
constexpr std::array<Look, 10> kLooks = {{
    {vm::Type::Time, "time", "at"},
    {vm::Type::Ip, "ip", "addr"},
    {vm::Type::Pci, "pci", "gpu"},
    {vm::Type::Bytes, "bytes", "size"},
    {vm::Type::Duration, "duration", "took"},
    {vm::Type::Percent, "percent", "share"},
    {vm::Type::Version, "version", "version"},
    {vm::Type::Path, "path", "file"},
    {vm::Type::Float, "float", "x"},
    {vm::Type::Int, "int", "n"},
}};

// Text as it stands in a rule file's quotes.
std::string Quoted(std::string_view text, bool is_pattern) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const char c = text[at];
    const size_t size = Utf8Size(text.substr(at));
    if (size == 0 ||
        (size == 1 && static_cast<unsigned char>(c) < 0x20 && c != '\t')) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else if (c == '"' || c == '\\') {
      out += fmt::format("\\{}", c);
    } else if (is_pattern && (c == '{' || c == '}')) {
      out += fmt::format("{}{}", c, c);
    } else {
      out += text.substr(at, size);
    }
    at += std::max<size_t>(size, 1);
  }
  return out;
}

class Learner {
 public:
  explicit Learner(std::string_view message) : message_(message) {
    for (const Look& look : kLooks) {
      // Only at the start of what it is asked of.
      program_.terms.push_back(automata::BuildTerm(
          pattern::Cat({pattern::LookAt(vm::Look::Begin),
                        pattern::TypeLanguage(look.type, false)}),
          nullptr));
    }
    scratch_.emplace(program_);
  }

  Result<std::string> Run() {
    size_t at = 0;
    while (at < message_.size() && at < kPatternBytes) {
      if (const auto value = ValueAt(at)) {
        AddHole(*value, at);
        at += value->size;
      } else if (const size_t quoted = QuotedAt(at); quoted > 0) {
        Literal(message_.substr(at, 1));
        AddHole({"", "what", quoted - 2}, at + 1);
        Literal(message_.substr(at + quoted - 1, 1));
        at += quoted;
      } else {
        at += AddWord(at);
      }
    }
    if (stays_ < kFewestBytes) {
      return Fail(
          "nothing in this line stays the same from one time to the next");
    }
    std::string rules = fmt::format(
        "# Say what it is: `sig {0}: SYMPTOM, CAUSE`, and what to do: `note "
        "\"...\"`.\nsig {0} \"{1}\"\n  hit \"{2}\"\n",
        Name(), pattern_, Quoted(message_, false));
    return Tried(std::move(rules));
  }

 private:
  struct Value {
    std::string type;  // "": any text
    const char* name = "";
    size_t size = 0;
  };

  std::optional<Value> ValueAt(size_t at) {
    // Numbers may have blanks in front; those stay.
    if ((at > 0 && IsWordByte(message_[at - 1])) || message_[at] == ' ' ||
        message_[at] == '\t') {
      return std::nullopt;
    }
    const std::string_view rest = message_.substr(at);
    Value best;
    if (const size_t size = HexAt(rest); size > 0) {
      best = {"hex", "code", size};
    }
    for (size_t k = 0; k < kLooks.size(); ++k) {
      const vm::Term& term = program_.terms[k];
      std::vector<uint32_t> registers(term.registers);
      if (!vm::Find(term, rest, TT_AT_START | TT_AT_END, &*scratch_,
                    registers)) {
        continue;
      }
      const size_t size = registers[1];
      const bool whole = size == rest.size() || !IsWordByte(rest[size]) ||
                         !IsWordByte(rest[size - 1]);
      const bool sensible = LooksLike(kLooks[k].type, rest.substr(0, size));
      if (size > best.size && whole && sensible) {
        best = {kLooks[k].hole, kLooks[k].name, size};
      }
    }
    if (const size_t size = IdAt(rest); size > best.size) {
      best = {"word", "id", size};
    }
    return best.size > 0 ? std::optional(best) : std::nullopt;
  }

  // Types overlap: 42 could be a version, and 1 a float.
  static bool LooksLike(vm::Type type, std::string_view text) {
    const auto count = [&](char c) {
      return std::count(text.begin(), text.end(), c);
    };
    switch (type) {
      case vm::Type::Path:
        return text[0] == '/' && count('/') > 1;
      case vm::Type::Version:
        return count('.') > 1;
      case vm::Type::Float:
        return text.find_first_of(".eE") != std::string_view::npos;
      default:
        return true;
    }
  }

  static size_t HexAt(std::string_view rest) {
    size_t size = 2;
    while (rest.starts_with("0x") && size < rest.size() &&
           std::isxdigit(static_cast<unsigned char>(rest[size])) != 0) {
      ++size;
    }
    const bool whole = size == rest.size() || !IsWordByte(rest[size]);
    return size > 2 && whole ? size : 0;
  }

  // A name that a machine made: long, of letters and digits. As a hole it ends
  // at a blank, so it must end at one here.
  static size_t IdAt(std::string_view rest) {
    size_t size = 0;
    size_t digits = 0;
    size_t letters = 0;
    while (size < rest.size() &&
           (IsWordByte(rest[size]) || rest[size] == '-')) {
      digits += IsDigitByte(rest[size]) ? 1u : 0u;
      letters += IsLetter(rest[size]) ? 1u : 0u;
      ++size;
    }
    const bool ends = size == rest.size() || rest[size] == ' ';
    return size >= 8 && digits >= 3 && letters >= 1 && ends ? size : 0;
  }

  // 'a.name': what stands in quotes without a blank, quotes included.
  [[nodiscard]] size_t QuotedAt(size_t at) const {
    const char quote = message_[at];
    if ((quote != '\'' && quote != '"') ||
        (at > 0 && IsWordByte(message_[at - 1]))) {
      return 0;
    }
    const size_t end = message_.find(quote, at + 1);
    return end == std::string_view::npos || end == at + 1 ||
                   message_.substr(at, end - at).find(' ') !=
                       std::string_view::npos
               ? 0
               : end - at + 1;
  }

  void Literal(std::string_view text) {
    pattern_ += Quoted(text, true);
    stays_ += static_cast<size_t>(
        std::count_if(text.begin(), text.end(), IsWordByte));
  }

  // A word or what stands between words; returns how much was taken.
  size_t AddWord(size_t at) {
    size_t end = at + 1;
    if (IsWordByte(message_[at])) {
      while (end < message_.size() && IsWordByte(message_[end])) {
        ++end;
      }
      words_.emplace_back(message_.substr(at, end - at));
    } else if (message_[at] == ' ' || message_[at] == '\t') {
      // One blank in a text is a run of them.
      while (end < message_.size() &&
             (message_[end] == ' ' || message_[end] == '\t')) {
        ++end;
      }
      Literal(" ");
      return end - at;
    } else {
      end = at + std::max<size_t>(Utf8Size(message_.substr(at)), 1);
    }
    Literal(message_.substr(at, end - at));
    return end - at;
  }

  void AddHole(const Value& value, size_t at) {
    const std::string name = CaptureName(value.name, at);
    pattern_ += value.type.empty() ? fmt::format("{{{}}}", name)
                                   : fmt::format("{{{}:{}}}", name, value.type);
  }

  // `pid=4242`, `rank 3`: as the word in front says, else as the type does.
  std::string CaptureName(const char* otherwise, size_t at) {
    size_t end = at;
    while (end > 0 && std::string_view("=: (#\"'").find(message_[end - 1]) !=
                          std::string_view::npos) {
      --end;
    }
    size_t begin = end;
    while (begin > 0 && IsLetter(message_[begin - 1])) {
      --begin;
    }
    std::string name;
    for (const char c : message_.substr(begin, end - begin)) {
      name += static_cast<char>(c | 0x20);
    }
    static const std::set<std::string> kNoNames = {
        "not", "has", "true", "false", "eof", "in", "of", "to",
        "the", "a",   "an",   "for",   "at",  "on", "is", "than"};
    if (begin == end || end - begin < 2 || at - end > 2 ||
        (begin > 0 && IsWordByte(message_[begin - 1])) ||
        kNoNames.count(name) != 0) {
      name = otherwise;
    }
    std::string unique = name;
    for (int k = 2; !names_.insert(unique).second; ++k) {
      unique = fmt::format("{}{}", name, k);
    }
    return unique;
  }

  // Of the first words, as names are written.
  [[nodiscard]] std::string Name() const {
    std::string name;
    for (const std::string& word : words_) {
      if (!std::all_of(word.begin(), word.end(), IsLetter) || word.size() < 2 ||
          name.size() + word.size() > 32) {
        continue;
      }
      for (size_t k = 0; k < word.size(); ++k) {
        const bool upper = word[k] >= 'A' && word[k] <= 'Z';
        const bool after_lower = k > 0 && word[k - 1] >= 'a';
        if ((upper && after_lower) || (k == 0 && !name.empty())) {
          name += '_';
        }
        name += static_cast<char>(word[k] | 0x20);
      }
      if (std::count(name.begin(), name.end(), '_') >= 2) {
        break;
      }
    }
    // One word may be one of the language.
    return name.find('_') == std::string::npos ? "line_" + name : name;
  }

  static Result<std::string> Tried(std::string rules) {
    Compilation compilation;
    const SourceId id = compilation.sources.Add("learned.tell", rules);
    compilation.files.push_back(
        Parse(compilation.sources, id, compilation.diags));
    compilation.uses.emplace_back();
    if (!compilation.diags.has_errors()) {
      CheckAndLower(&compilation);
    }
    if (!compilation.diags.has_errors()) {
      SelfTest({.native = false}, &compilation);
    }
    if (compilation.diags.has_errors()) {
      return Fail(
          "no signature could be made of this line:\n" + rules +
          RenderLines(compilation.sources, compilation.diags.TakeSorted()));
    }
    return rules;
  }

  std::string_view message_;
  vm::Program program_;  // the looks of types
  std::optional<vm::VmScratch> scratch_;
  std::string pattern_;
  size_t stays_ = 0;
  std::vector<std::string> words_;
  std::set<std::string> names_;
};

}  // namespace

Result<std::string> Learn(std::string_view message) {
  message = message.substr(0, message.find_last_not_of(" \t\r") + 1);
  // Of a progress line, what stood there last.
  message.remove_prefix(message.find_last_of('\r') + 1);
  const size_t begin = message.find_first_not_of(" \t");
  if (begin == std::string_view::npos) {
    return Fail("the line is blank");
  }
  message.remove_prefix(begin);
  return Learner(message).Run();
}

}  // namespace telltale::driver
