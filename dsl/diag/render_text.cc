#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "dsl/diag/render.h"
#include "runtime/base/utf8.h"

namespace telltale {

namespace {

constexpr size_t kWidth = 160;  // of a source line; more is cut around the span

std::string_view ColorOf(Severity severity) {
  switch (severity) {
    case Severity::Error:
      return "1;31";
    case Severity::Warning:
      return "1;33";
    case Severity::Note:
      return "1;36";
  }
  return "1";
}

std::string Paint(bool on, std::string_view color, std::string_view text) {
  return on ? fmt::format("\x1b[{}m{}\x1b[0m", color, text) : std::string(text);
}

size_t CodePoints(std::string_view text) {
  return static_cast<size_t>(std::count_if(
      text.begin(), text.end(),
      [](char c) { return (static_cast<unsigned char>(c) & 0xc0u) != 0x80u; }));
}

// Control bytes as their pictures (U+2400...), one column each: a terminal must
// not act on them.
std::string Visible(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const size_t size = Utf8Size(text.substr(at));
    if (size == 0) {
      out += "\xef\xbf\xbd";  // U+FFFD
    } else if (size > 1 || (byte >= 0x20 && byte != 0x7f) || byte == '\t') {
      out += text.substr(at, size);
    } else {
      out += "\xe2\x90";
      out += static_cast<char>(byte == 0x7f ? 0xa1 : 0x80 + byte);
    }
    at += std::max<size_t>(size, 1);
  }
  return out;
}

// One source line with the span underlined.
void AddExcerpt(const SourceMap& sources, Span span, std::string_view label,
                char mark, bool color, std::string_view paint,
                std::string* out) {
  const SourceMap::Place place = sources.PlaceOf(span.begin);
  const size_t at = span.begin - place.line_begin;
  std::string_view line = place.line_text;
  size_t begin = std::min(at, line.size());
  const size_t length =
      std::max<size_t>(1, std::min<size_t>(span.size(), line.size() - begin));
  size_t from = 0;
  if (line.size() > kWidth && begin > kWidth / 2) {
    from = begin - kWidth / 4;
    while (from > 0 &&
           (static_cast<unsigned char>(line[from]) & 0xc0u) == 0x80u) {
      --from;
    }
  }
  std::string shown(line.substr(from, kWidth));
  begin -= from;
  std::string under;
  for (size_t k = 0; k < begin && k < shown.size(); ++k) {
    if (shown[k] == '\t') {
      under.push_back('\t');
    } else if ((static_cast<unsigned char>(shown[k]) & 0xc0u) != 0x80u) {
      under.push_back(' ');
    }
  }
  const std::string_view marked =
      std::string_view(shown).substr(std::min(begin, shown.size()), length);
  under += Paint(color, paint,
                 std::string(std::max<size_t>(1, CodePoints(marked)), mark) +
                     (label.empty() ? "" : " " + std::string(label)));
  *out += fmt::format("{:>5} | {}\n      | {}\n", place.line, Visible(shown),
                      under);
}

// "the same at a.tell:3, 7 and in 12 more places"
std::string AlsoAt(const SourceMap& sources,
                   std::span<const Diagnostic* const> same) {
  constexpr size_t kNamed = 5;
  std::string out = "the same at ";
  std::string_view file;
  for (size_t k = 1; k < same.size() && k <= kNamed; ++k) {
    const SourceMap::Place place = sources.PlaceOf(same[k]->span.begin);
    out += k == 1 ? "" : ", ";
    out += place.file == file ? std::to_string(place.line)
                              : fmt::format("{}:{}", place.file, place.line);
    file = place.file;
  }
  if (same.size() > kNamed + 1) {
    out += fmt::format(" and {} more", same.size() - 1 - kNamed);
  }
  return out;
}

}  // namespace

std::string_view SeverityName(Severity severity) {
  switch (severity) {
    case Severity::Error:
      return "error";
    case Severity::Warning:
      return "warning";
    case Severity::Note:
      return "note";
  }
  return "error";
}

std::string RenderText(const SourceMap& sources,
                       std::span<const Diagnostic> diagnostics,
                       const RenderOptions& options) {
  std::string out;
  // A missing `use` makes the same mistake a hundred times: one is shown, the
  // others are named by line.
  std::map<std::pair<std::string_view, std::string_view>,
           std::vector<const Diagnostic*>>
      alike;
  for (const Diagnostic& diagnostic : diagnostics) {
    alike[{diagnostic.code, diagnostic.message}].push_back(&diagnostic);
  }
  for (const Diagnostic& diagnostic : diagnostics) {
    const auto& same = alike[{diagnostic.code, diagnostic.message}];
    if (same.front() != &diagnostic) {
      continue;
    }
    const std::string_view paint = ColorOf(diagnostic.severity);
    out += Paint(options.color, paint,
                 fmt::format("{}[{}]", SeverityName(diagnostic.severity),
                             diagnostic.code));
    out += ": " + Paint(options.color, "1", Visible(diagnostic.message)) + "\n";
    if (!sources.empty()) {
      const SourceMap::Place place = sources.PlaceOf(diagnostic.span.begin);
      out += fmt::format("   --> {}:{}:{}\n", place.file, place.line,
                         place.column);
      AddExcerpt(sources, diagnostic.span, "", '^', options.color, paint, &out);
      for (const Diagnostic::Label& label : diagnostic.labels) {
        const SourceMap::Place other = sources.PlaceOf(label.span.begin);
        if (other.file != place.file) {
          out += fmt::format("   --> {}:{}:{}\n", other.file, other.line,
                             other.column);
        }
        AddExcerpt(sources, label.span, label.text, '-', options.color, "36",
                   &out);
      }
    }
    if (same.size() > 1 && !sources.empty()) {
      out += "      = note: " + AlsoAt(sources, same) + "\n";
    }
    for (const std::string& note : diagnostic.notes) {
      out += "      = note: " + note + "\n";
    }
    for (const std::string& help : diagnostic.helps) {
      out += "      = help: " + help + "\n";
    }
    for (const Diagnostic::Fix& fix : diagnostic.fixes) {
      out +=
          fmt::format("      = help: {}\n",
                      fix.text.empty() ? std::string("delete this")
                                       : fmt::format("write `{}`", fix.text));
    }
    out += "\n";
  }
  return out;
}

std::string RenderLines(const SourceMap& sources,
                        std::span<const Diagnostic> diagnostics) {
  std::string out;
  for (const Diagnostic& diagnostic : diagnostics) {
    const SourceMap::Place place = sources.empty()
                                       ? SourceMap::Place{}
                                       : sources.PlaceOf(diagnostic.span.begin);
    out += fmt::format("{}:{}:{}: {}: {} [{}]\n", place.file, place.line,
                       place.column, SeverityName(diagnostic.severity),
                       diagnostic.message, diagnostic.code);
  }
  return out;
}

}  // namespace telltale
