#include "dsl/parse/messages.h"

#include <algorithm>

#include <fmt/format.h>

#include "runtime/base/utf8.h"

namespace telltale::parse {

std::optional<Message> SpecialMessage(
    const std::set<std::string_view>& expected) {
  const auto has = [&](std::string_view token) {
    return expected.count(token) != 0;
  };
  if (has("what the hole holds")) {
    return Message{"this `{` begins a hole, but what follows is none",
                   "write `{name:type}`, `{name}`, `{:type}`, `{*}` for "
                   "anything, or `{{` for a brace"};
  }
  if (has("a hole type")) {
    return Message{
        "a hole's type is missing or malformed",
        "write a type such as `int`, a choice `(a|b)` or a `/regex/`"};
  }
  if (has("the `}` of the hole")) {
    return Message{"this hole is not closed with `}`",
                   "write `{name:type}`, or `{{` for a brace"};
  }
  if (has("a second `}`")) {
    return Message{"this `}` closes no hole", "write `}}` for a brace"};
  }
  if (has("the end of the flags")) {
    return Message{"unknown flag behind this text",
                   "the flags are `i`, any case, and `w`, whole words; put a "
                   "blank before the next word"};
  }
  if (has("the closing \"") || has("the closing `")) {
    return Message{
        "this text is not closed, or holds a brace or backslash "
        "that means nothing",
        "close it on the same line; write `{{`, `}}` and `\\\\` for "
        "themselves"};
  }
  return std::nullopt;
}

std::optional<Message> MeantMessage(
    std::string_view text, size_t at,
    const std::set<std::string_view>& expected) {
  const std::string_view rest = text.substr(std::min(at, text.size()));
  const auto starts = [&](std::string_view token) {
    return rest.starts_with(token);
  };
  if (expected.size() == 1 && expected.count("`lines`") != 0) {
    return Message{"a number alone is no span",
                   "write `10m`, `200 lines`, `run` or `stream`"};
  }
  for (const std::string_view quote :
       {"\u201c", "\u201d", "\u201e", "\u2018", "\u2019", "'"}) {
    if (starts(quote)) {
      return Message{fmt::format("`{}` is no quote of a text", quote),
                     "texts and strings stand in `\"...\"`, or in backticks"};
    }
  }
  const bool in_condition = expected.count("`and`") != 0;
  if (in_condition && starts("=")) {
    return Message{"`=` compares nothing", "write `==`"};
  }
  if (in_condition && (starts("&&") || starts("||"))) {
    const bool is_and = starts("&&");
    return Message{
        fmt::format("`{}` joins no conditions", is_and ? "&&" : "||"),
        fmt::format("write `{}`", is_and ? "and" : "or")};
  }
  if (expected.count("`not`") != 0 && starts("!")) {
    return Message{"`!` is for patterns", "write `not` in a condition"};
  }
  if (at > 0 && at < text.size() && starts("-") && expected.count("`:`") != 0) {
    return Message{"a name has no `-`", "write `_` in its place"};
  }
  return std::nullopt;
}

std::string Found(std::string_view text, size_t at) {
  if (at >= text.size()) {
    return "the end of the file";
  }
  size_t end = at;
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '_';
  };
  while (end < text.size() && end - at < 40 && is_word(text[end])) {
    ++end;
  }
  if (end == at) {
    const size_t size = Utf8Size(text.substr(at));
    end = at + (size == 0 ? 1 : size);
  }
  const std::string_view found = text.substr(at, end - at);
  return found == "\n" ? std::string("the end of the line")
                       : fmt::format("`{}`", found);
}

}  // namespace telltale::parse
