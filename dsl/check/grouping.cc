// W703: copies are told apart by a value that is different every time. What is
// a measurement or a stamp is so by its type; what a counter prints, or a
// message in whole, by its name. Heuristics: a warning.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "dsl/check/context.h"

namespace telltale::check {

namespace {

// The last word of `last_seq`, `req-id`.
std::string_view LastWord(std::string_view name) {
  const size_t at = name.find_last_of("_.");
  return at == std::string_view::npos ? name : name.substr(at + 1);
}

template <size_t N>
bool IsOneOf(std::string_view word,
             const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool IsCounter(std::string_view word) {
  static constexpr std::array<std::string_view, 34> kCounters = {
      "seq",       "seqnum", "sequence",  "step",    "steps",    "iter",
      "iteration", "epoch",  "count",     "counter", "n",        "i",
      "pid",       "tid",    "id",        "batch",   "sample",   "samples",
      "token",     "tokens", "offset",    "pos",     "position", "addr",
      "address",   "ptr",    "pointer",   "hash",    "line",     "lineno",
      "size",      "nonce",  "timestamp", "uptime"};
  return IsOneOf(word, kCounters);
}

bool IsFreeText(std::string_view word) {
  static constexpr std::array<std::string_view, 17> kTexts = {
      "msg",  "message", "text",  "what",      "detail", "details",
      "args", "cmd",     "uuid",  "guid",      "hash",   "id",
      "addr", "address", "stamp", "timestamp", "line"};
  return IsOneOf(word, kTexts);
}

// Why each value of `name` is another one; empty: it need not be.
std::string_view WhyVolatile(std::string_view name, vm::Type type) {
  const std::string_view word = LastWord(name);
  switch (type) {
    case vm::Type::Float:
    case vm::Type::Bytes:
    case vm::Type::Duration:
    case vm::Type::Percent:
      return "a measurement";
    case vm::Type::Time:
      return "a stamp";
    case vm::Type::Path:
      return "a path";
    case vm::Type::Int:
    case vm::Type::Hex:
      return IsCounter(word) ? "a counter prints it" : "";
    case vm::Type::Text:
    case vm::Type::Word:
      return IsFreeText(word) ? "free text" : "";
    default:
      return "";  // few values, or names of things
  }
}

}  // namespace

void WarnOfVolatileGroup(const ast::Name& field, std::string_view name,
                         vm::Type type, Context* context) {
  const auto key = context->fields.find(name);
  const bool is_key = key != context->fields.end() &&
                      context->module.fields[key->second.index()].is_key;
  const std::string_view why = WhyVolatile(name, type);
  if (is_key || why.empty()) {
    return;
  }
  context->diags.Emit(field.span, diag::VolatileGroup, field.text)
      .Note(
          fmt::format("type `{}`: {}, so each occurrence is a group of its own",
                      vm::TypeName(type), why))
      .Help("group by what names the thing that fails: a GPU, an operation");
}

}  // namespace telltale::check
