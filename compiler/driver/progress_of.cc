// A term is taken to pieces in the order they are written, and the longest
// beginning that the text still matches is searched for: a text that matches a
// beginning matches each shorter one.
#include "compiler/driver/progress_of.h"

#include <algorithm>

#include <fmt/format.h>

#include "compiler/automata/thompson.h"
#include "runtime/abi/matcher.h"
#include "runtime/vm/interpret.h"

namespace telltale::driver {

namespace {

using pattern::Node;
using Kind = pattern::Node::Kind;

struct Found {
  size_t subject = 0;
  uint32_t begin = 0;
  uint32_t end = 0;
};

std::optional<Found> Find(const Node& node,
                          std::span<const std::string_view> texts) {
  vm::Program program;
  program.terms.push_back(automata::BuildTerm(node, nullptr));
  vm::VmScratch scratch(program);
  std::vector<uint32_t> registers(program.terms[0].registers);
  for (size_t k = 0; k < texts.size(); ++k) {
    if (vm::Find(program.terms[0], texts[k], TT_AT_START | TT_AT_END, &scratch,
                 registers)) {
      return Found{k, registers[0], registers[1]};
    }
  }
  return std::nullopt;
}

// A pattern for people, close to how it is written.
std::string Shown(const Node& node, std::span<const hir::Capture> captures) {
  switch (node.kind) {
    case Kind::Literal:
      return node.literal;
    case Kind::Empty:
      return "";
    case Kind::Cat: {
      std::string out;
      for (const Node& child : node.children) {
        out += Shown(child, captures);
      }
      return out;
    }
    case Kind::Alt: {
      std::string out;
      for (const Node& child : node.children) {
        out += (out.empty() ? "(" : "|") + Shown(child, captures);
      }
      return out + ")";
    }
    case Kind::Capture: {
      if (node.capture >= captures.size()) {
        return "{}";
      }
      const hir::Capture& capture = captures[node.capture];
      return fmt::format("{{{}:{}}}", capture.name, vm::TypeName(capture.type));
    }
    case Kind::Look:
      switch (node.look) {
        case vm::Look::Begin:
          return "^";
        case vm::Look::End:
          return "$";
        case vm::Look::WordBoundary:
          return "\\b";
        case vm::Look::NotWordBoundary:
          return "\\B";
        case vm::Look::NoDigitAhead:
          return "";
      }
      return "";
    case Kind::Repeat:
      if (node == pattern::BlankRun()) {
        return " ";
      }
      if (node == pattern::AnyRun(false) || node == pattern::AnyRun(true)) {
        return "{*}";
      }
      return pattern::Dump(node);
    case Kind::Class:
    case Kind::Nothing:
      return pattern::Dump(node);
  }
  return "";
}

class Extension {
 public:
  Extension(std::span<const std::string_view> texts,
            std::span<const hir::Capture> captures)
      : texts_(texts), captures_(captures) {}

  // Adds as much of `node` as is found behind what there is. True: all of it.
  bool Extend(const Node& node) {
    if (Fits(node)) {
      prefix_.push_back(node);
      return true;
    }
    switch (node.kind) {
      case Kind::Cat:
        for (size_t k = 0; k < node.children.size(); ++k) {
          if (!Extend(node.children[k])) {
            // The rest belongs to what is shown as missing.
            for (++k; k < node.children.size(); ++k) {
              expected_ += Shown(node.children[k], captures_);
            }
            return false;
          }
        }
        return true;
      case Kind::Literal:
        ExtendByBytes(node);
        return false;
      case Kind::Alt:
        ExtendByBest(node);
        return false;
      case Kind::Capture:
      case Kind::Empty:
      case Kind::Nothing:
      case Kind::Class:
      case Kind::Repeat:
      case Kind::Look:
        expected_ = Shown(node, captures_);
        return false;
    }
    return false;
  }

  [[nodiscard]] Shortfall Take() const {
    Shortfall out;
    out.expected = expected_;
    out.evidence = bytes();
    const Node whole = pattern::Cat(prefix_);
    const auto found = Find(whole, texts_);
    if (found.has_value()) {
      out.matched = Shown(whole, captures_);
      out.subject = found->subject;
      out.begin = found->begin;
      out.stop = found->end;
    }
    return out;
  }

  [[nodiscard]] uint32_t bytes() const {
    return pattern::EvidenceOf(pattern::Cat(prefix_));
  }

 private:
  [[nodiscard]] bool Fits(const Node& node) const {
    std::vector<Node> nodes = prefix_;
    nodes.push_back(node);
    return Find(pattern::Cat(std::move(nodes)), texts_).has_value();
  }

  void ExtendByBytes(const Node& node) {
    const auto head = [&](size_t size) {
      return pattern::Literal(node.literal.substr(0, size), node.fold);
    };
    size_t fits = 0;
    size_t fails = node.literal.size();
    while (fails - fits > 1) {
      const size_t middle = fits + (fails - fits) / 2;
      (Fits(head(middle)) ? fits : fails) = middle;
    }
    if (fits > 0) {
      prefix_.push_back(head(fits));
    }
    expected_ = node.literal.substr(fits);
  }

  void ExtendByBest(const Node& node) {
    Extension best = *this;
    best.expected_ = Shown(node, captures_);
    for (const Node& child : node.children) {
      Extension one = *this;
      one.Extend(child);
      if (one.bytes() > best.bytes()) {
        best = std::move(one);
      }
    }
    prefix_ = std::move(best.prefix_);
    expected_ = std::move(best.expected_);
  }

  std::span<const std::string_view> texts_;
  std::span<const hir::Capture> captures_;
  std::vector<Node> prefix_;
  std::string expected_;
};

}  // namespace

std::optional<Shortfall> ShortfallOf(const hir::Pattern& pattern,
                                     std::span<const std::string_view> texts,
                                     std::span<const hir::Capture> captures) {
  switch (pattern.kind) {
    case hir::Pattern::Kind::Term: {
      Extension extension(texts, captures);
      return extension.Extend(pattern.term) ? std::nullopt
                                            : std::optional(extension.Take());
    }
    case hir::Pattern::Kind::Not: {
      const hir::Pattern& child = pattern.children[0];
      if (ShortfallOf(child, texts, captures).has_value()) {
        return std::nullopt;
      }
      Shortfall out;
      out.forbidden = true;
      if (child.kind == hir::Pattern::Kind::Term) {
        const auto found = Find(child.term, texts);
        out.matched = Shown(child.term, captures);
        out.subject = found->subject;
        out.begin = found->begin;
        out.stop = found->end;
      }
      return out;
    }
    case hir::Pattern::Kind::And:
      for (const hir::Pattern& child : pattern.children) {
        if (auto shortfall = ShortfallOf(child, texts, captures)) {
          return shortfall;
        }
      }
      return std::nullopt;
    case hir::Pattern::Kind::Or: {
      // The alternative that came furthest.
      std::optional<Shortfall> best;
      for (const hir::Pattern& child : pattern.children) {
        auto shortfall = ShortfallOf(child, texts, captures);
        if (!shortfall.has_value()) {
          return std::nullopt;
        }
        if (!best.has_value() || shortfall->evidence > best->evidence) {
          best = std::move(shortfall);
        }
      }
      return best;
    }
  }
  return std::nullopt;
}

}  // namespace telltale::driver
