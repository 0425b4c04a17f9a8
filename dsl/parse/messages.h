// Internal: what the tokens of the grammar are called in messages, and the
// messages that say more than what could stand there.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "grammar/language.h"

namespace telltale::parse {

// "" : not a token; its parts speak for it.
template <typename Rule>
inline constexpr std::string_view kToken = "";

#define TT_TOKEN(rule, text) \
  template <>                \
  inline constexpr std::string_view kToken<grammar::rule> = text;
#define TT_WORD(word) TT_TOKEN(kw_##word, "`" #word "`")
TT_WORD(pack) TT_WORD(use) TT_WORD(taxonomy) TT_WORD(source) TT_WORD(block)
TT_WORD(table) TT_WORD(param) TT_WORD(let) TT_WORD(template) TT_WORD(apply)
TT_WORD(end) TT_WORD(sig) TT_WORD(rule) TT_WORD(stage) TT_WORD(test)
TT_WORD(where) TT_WORD(over) TT_WORD(group) TT_WORD(by) TT_WORD(role)
TT_WORD(note) TT_WORD(hit) TT_WORD(miss) TT_WORD(when) TT_WORD(within)
TT_WORD(during) TT_WORD(explains) TT_WORD(from) TT_WORD(for) TT_WORD(no)
TT_WORD(any) TT_WORD(all) TT_WORD(expect) TT_WORD(wait) TT_WORD(and)
TT_WORD(or) TT_WORD(not) TT_WORD(has) TT_WORD(in) TT_WORD(else)
TT_WORD(gives) TT_WORD(last) TT_WORD(eof) TT_WORD(see) TT_WORD(clears)
TT_WORD(allow) TT_WORD(as) TT_WORD(with) TT_WORD(attr) TT_WORD(symptom)
TT_WORD(cause) TT_WORD(outcome) TT_WORD(files) TT_WORD(like) TT_WORD(prefix)
TT_WORD(json) TT_WORD(line) TT_WORD(run) TT_WORD(drop) TT_WORD(key)
TT_WORD(clock) TT_WORD(skew) TT_WORD(up) TT_WORD(to) TT_WORD(open)
TT_WORD(body) TT_WORD(close) TT_WORD(chain) TT_WORD(quiet) TT_WORD(max)
TT_WORD(lines) TT_WORD(back) TT_WORD(stream) TT_WORD(only) TT_WORD(at)
TT_WORD(set) TT_WORD(raw) TT_WORD(file) TT_WORD(on) TT_WORD(nothing)
TT_WORD(root) TT_WORD(cascade) TT_WORD(confirm) TT_WORD(context)
#undef TT_WORD
TT_TOKEN(name, "a name")
TT_TOKEN(noderef, "a name")
TT_TOKEN(fieldref, "a field")
TT_TOKEN(key_name, "a field")
TT_TOKEN(clock_name, "a field")
TT_TOKEN(ref_name, "a value")
TT_TOKEN(ref_field, "a field")
TT_TOKEN(literal, "a value")
TT_TOKEN(text, "a text such as \"...\"")
TT_TOKEN(regex, "a /regex/")
TT_TOKEN(string_, "a string such as \"...\"")
TT_TOKEN(int_, "a number")
TT_TOKEN(duration, "a duration such as 10m")
TT_TOKEN(packname, "a pack's name")
TT_TOKEN(version, "a version such as 1.0.0")
TT_TOKEN(code, "a code such as W703")
TT_TOKEN(typename_, "a type")
TT_TOKEN(holetype, "a hole type")
TT_TOKEN(hole_body, "what the hole holds")
TT_TOKEN(hole_close, "the `}` of the hole")
TT_TOKEN(second_brace, "a second `}`")
TT_TOKEN(flags_end, "the end of the flags")
TT_TOKEN(close_quote, "the closing \"")
TT_TOKEN(close_tick, "the closing `")
TT_TOKEN(rawline, "a log line after `|`")
#define TT_SYMBOL(text, ...) \
  template <>                \
  inline constexpr std::string_view kToken<grammar::sym<__VA_ARGS__>> = text;
TT_SYMBOL("`:`", ':')
TT_SYMBOL("`=`", '=')
TT_SYMBOL("`(`", '(')
TT_SYMBOL("`)`", ')')
TT_SYMBOL("`{`", '{')
TT_SYMBOL("`}`", '}')
TT_SYMBOL("`]`", ']')
TT_SYMBOL("`,`", ',')
TT_SYMBOL("`->`", '-', '>')
TT_SYMBOL("`|`", '|')
TT_SYMBOL("`&`", '&')
#undef TT_SYMBOL
#undef TT_TOKEN

struct Message {
  std::string text;
  std::string help;
};

// For signs of other languages, by what stands at `at`: `&&`, `=`, quotes.
std::optional<Message> MeantMessage(std::string_view text, size_t at,
                                    const std::set<std::string_view>& expected);

// For mistakes in texts and holes, told by what was expected there.
std::optional<Message> SpecialMessage(
    const std::set<std::string_view>& expected);

// What stands at `at`, for a message: "`whre`", "the end of the file".
std::string Found(std::string_view text, size_t at);

}  // namespace telltale::parse
