#include <fmt/format.h>

#include "dsl/pattern/pattern.h"

namespace telltale::pattern {

namespace {

std::string Byte(unsigned byte) {
  constexpr std::string_view kSpecial = "\\.[](){}|*+?^$/-";
  const char c = static_cast<char>(byte);
  if (kSpecial.find(c) != std::string_view::npos) {
    return fmt::format("\\{}", c);
  }
  return byte >= 0x20 && byte < 0x7f ? std::string(1, c)
                                     : fmt::format("\\x{:02x}", byte);
}

std::string Set(const ByteSet& set) {
  const bool negated = set.count() > 128 && !set.all();
  std::string out = negated ? "[^" : "[";
  for (unsigned byte = 0; byte < 256; ++byte) {
    if (set[byte] == negated) {
      continue;
    }
    unsigned last = byte;
    while (last < 255 && set[last + 1] != negated) {
      ++last;
    }
    out += Byte(byte);
    if (last > byte + 1) {
      out += "-" + Byte(last);
    } else if (last == byte + 1) {
      out += Byte(last);
    }
    byte = last;
  }
  return out + "]";
}

std::string LookText(Look look) {
  switch (look) {
    case Look::Begin:
      return "^";
    case Look::End:
      return "$";
    case Look::WordBoundary:
      return "\\b";
    case Look::NotWordBoundary:
      return "\\B";
    case Look::NoDigitAhead:
      return "(?!\\d)";
  }
  return "";
}

}  // namespace

std::string Dump(const Node& node) {
  switch (node.kind) {
    case Node::Kind::Empty:
      return "";
    case Node::Kind::Nothing:
      return "[]";
    case Node::Kind::Literal: {
      std::string out;
      for (const char c : node.literal) {
        out += Byte(static_cast<unsigned char>(c));
      }
      return node.fold ? "(?i:" + out + ")" : out;
    }
    case Node::Kind::Class:
      return Set(node.set);
    case Node::Kind::Cat: {
      std::string out;
      for (const Node& child : node.children) {
        out += Dump(child);
      }
      return out;
    }
    case Node::Kind::Alt: {
      std::string out = "(?:";
      for (const Node& child : node.children) {
        out += (&child == &node.children[0] ? "" : "|") + Dump(child);
      }
      return out + ")";
    }
    case Node::Kind::Repeat: {
      std::string out = Dump(node.children[0]);
      const Node& child = node.children[0];
      const bool single =
          child.kind == Node::Kind::Class || child.kind == Node::Kind::Alt ||
          child.kind == Node::Kind::Capture ||
          (child.kind == Node::Kind::Literal && child.literal.size() == 1);
      if (!single) {
        out = "(?:" + out + ")";
      }
      if (node.min == 0 && node.max == Node::kUnbounded) {
        out += "*";
      } else if (node.min == 1 && node.max == Node::kUnbounded) {
        out += "+";
      } else if (node.min == 0 && node.max == 1) {
        out += "?";
      } else if (node.max == Node::kUnbounded) {
        out += fmt::format("{{{},}}", node.min);
      } else {
        out += fmt::format("{{{},{}}}", node.min, node.max);
      }
      return node.greedy ? out : out + "?";
    }
    case Node::Kind::Look:
      return LookText(node.look);
    case Node::Kind::Capture:
      return fmt::format("(<{}>{})", node.capture, Dump(node.children[0]));
  }
  return "";
}

}  // namespace telltale::pattern
