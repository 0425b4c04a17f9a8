#include "runtime/report/report.h"

#include <algorithm>

#include <fmt/format.h>

#include "runtime/base/utf8.h"

namespace telltale::report {

std::vector<const verdict::RunVerdict*> Chosen(const verdict::Verdict& verdict,
                                               const RunChoice& choice) {
  std::vector<const verdict::RunVerdict*> chosen;
  for (size_t k = 0; k < verdict.runs.size(); ++k) {
    bool take = false;
    switch (choice.kind) {
      case RunChoice::Kind::Headline:
        take = k == verdict.headline;
        break;
      case RunChoice::Kind::First:
        take = k == 0;
        break;
      case RunChoice::Kind::All:
        take = true;
        break;
      case RunChoice::Kind::Number:
        take = k + 1 == choice.number;
        break;
    }
    if (take) {
      chosen.push_back(&verdict.runs[k]);
    }
  }
  return chosen;
}

std::string Printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const size_t size = Utf8Size(text.substr(at));
    const bool control =
        size == 1 ? (byte < 0x20 && byte != '\t') || byte == 0x7f
                  : size == 2 && byte == 0xc2 &&
                        static_cast<unsigned char>(text[at + 1]) < 0xa0;
    const size_t taken = std::max<size_t>(size, 1);
    if (size > 0 && !control) {
      out += text.substr(at, taken);
    } else {
      for (size_t k = at; k < at + taken; ++k) {
        out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[k]));
      }
    }
    at += taken;
  }
  return out;
}

std::string UnreadText(const std::vector<scan::Gap>& unread) {
  std::string out;
  for (const scan::Gap& gap : unread) {
    out += fmt::format("not read: {}", Printable(gap.reason));
    if (gap.offset > 0) {
      out += fmt::format(" (from byte {} of `{}`)", gap.offset,
                         Printable(gap.file));
    }
    out += "\n";
  }
  return out;
}

}  // namespace telltale::report
