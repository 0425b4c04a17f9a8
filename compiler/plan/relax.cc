#include "compiler/plan/relax.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/check.h"

namespace telltale::plan {

namespace {

using pattern::Node;

constexpr std::string_view kPunctuation = ",;:=()[]{}<>|/";

Node OptionalBlanks() {
  Node blanks = pattern::BlankRun();
  blanks.min = 0;
  return blanks;
}

// One of those that people and programs put around a name.
Node AnyQuote() {
  std::vector<Node> quotes;
  for (const char* quote :
       {"'", "\"", "`", "\u2018", "\u2019", "\u201c", "\u201d"}) {
    quotes.push_back(pattern::Literal(quote));
  }
  return pattern::Alt(std::move(quotes));
}

bool IsQuote(char byte) {
  return byte == '\'' || byte == '"' || byte == '`';
}

// The literal cut up at the bytes for which `other` gives a pattern.
template <typename F>
Node CutUp(const Node& literal, const F& other) {
  std::vector<Node> parts;
  std::string plain;
  const auto flush = [&] {
    if (!plain.empty()) {
      parts.push_back(pattern::Literal(std::exchange(plain, ""), literal.fold));
    }
  };
  for (const char byte : literal.literal) {
    if (std::optional<Node> node = other(byte)) {
      flush();
      parts.push_back(std::move(*node));
    } else {
      plain += byte;
    }
  }
  flush();
  return pattern::Cat(std::move(parts));
}

Node RelaxedLiteral(const Node& node, Difference difference) {
  switch (difference) {
    case Difference::Case:
      return pattern::Literal(node.literal, true);
    case Difference::Blanks:
      return CutUp(node, [&](char byte) -> std::optional<Node> {
        if (byte == ' ') {
          return OptionalBlanks();
        }
        if (kPunctuation.find(byte) == std::string_view::npos) {
          return std::nullopt;
        }
        return pattern::Cat({OptionalBlanks(),
                             pattern::Literal(std::string(1, byte)),
                             OptionalBlanks()});
      });
    case Difference::Quotes:
      return CutUp(node, [](char byte) {
        return IsQuote(byte) ? std::optional(AnyQuote()) : std::nullopt;
      });
  }
  return node;
}

Node RelaxedNode(const Node& node, Difference difference) {
  if (node.kind == Node::Kind::Literal) {
    Node out = RelaxedLiteral(node, difference);
    return difference == Difference::Case ? pattern::FoldCase(std::move(out))
                                          : out;
  }
  if (difference == Difference::Blanks && node == pattern::BlankRun()) {
    return OptionalBlanks();
  }
  Node out = node;
  for (Node& child : out.children) {
    child = RelaxedNode(child, difference);
  }
  return out;
}

void Relax(hir::Pattern* pattern, Difference difference) {
  if (pattern->kind == hir::Pattern::Kind::Term) {
    pattern->term = RelaxedNode(pattern->term, difference);
  } else if (pattern->kind != hir::Pattern::Kind::Not) {
    for (hir::Pattern& child : pattern->children) {
      Relax(&child, difference);
    }
  }
}

}  // namespace

std::string_view WhatKeeps(Difference difference) {
  switch (difference) {
    case Difference::Case:
      return "the case keeps";
    case Difference::Blanks:
      return "blanks keep";
    case Difference::Quotes:
      return "quotes keep";
  }
  TT_CHECK(false, "a difference has a name");
}

hir::Module Relaxed(const hir::Module& module, Difference difference) {
  hir::Module out = module;
  for (hir::Signature& signature : out.signatures) {
    Relax(&signature.pattern, difference);
  }
  return out;
}

}  // namespace telltale::plan
