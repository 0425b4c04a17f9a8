#include "dsl/check/patterns.h"

#include <algorithm>

#include <fmt/format.h>

#include "dsl/pattern/parse_regex.h"
#include "runtime/base/bytes.h"
#include "runtime/base/narrow.h"

namespace telltale::check {

namespace {

using pattern::Node;

bool IsBlank(char c) {
  return c == ' ' || c == '\t';
}

Node OneBlank() {
  vm::ByteSet blanks;
  blanks.set(' ');
  blanks.set('\t');
  return pattern::Class(blanks);
}

// What one pattern may take: lets in lets, and lets in all. Each is a copy, so
// that a few that name others twice would fill the memory.
constexpr size_t kDeepestLets = 64;
constexpr size_t kMostLets = 10'000;

class Lowering {
 public:
  Lowering(PatternPlace place, std::vector<hir::Capture>* captures,
           Context* context)
      : place_(place), captures_(*captures), context_(*context) {}

  hir::Pattern Lower(const ast::Pattern& pattern) {
    hir::Pattern out;
    out.span = pattern.span;
    switch (pattern.kind) {
      case ast::Pattern::Kind::Or:
      case ast::Pattern::Kind::And:
      case ast::Pattern::Kind::Not:
        out.kind =
            pattern.kind == ast::Pattern::Kind::Or    ? hir::Pattern::Kind::Or
            : pattern.kind == ast::Pattern::Kind::And ? hir::Pattern::Kind::And
                                                      : hir::Pattern::Kind::Not;
        for (const ast::Pattern& child : pattern.children) {
          out.children.push_back(Lower(child));
        }
        return out;
      case ast::Pattern::Kind::Let: {
        const ast::Let* let = Named(*pattern.let);
        if (let != nullptr) {
          out = Lower(let->pattern);
          CloseLet();
        } else {
          out.term = pattern::Nothing();  // the report is enough
        }
        out.span = pattern.span;
        return out;
      }
      case ast::Pattern::Kind::Text:
      case ast::Pattern::Kind::Regex:
        out.term = Term(pattern);
        return out;
    }
    return out;
  }

  // The pieces of a text in sequence. `glob`: `*` and `?` are wildcards.
  std::vector<Node> Pieces(const ast::Pattern& pattern, bool glob) {
    std::vector<Node> nodes;
    for (size_t k = 0; k < pattern.pieces.size(); ++k) {
      const ast::Piece& piece = pattern.pieces[k];
      const bool last = k + 1 == pattern.pieces.size();
      switch (piece.kind) {
        case ast::Piece::Kind::Literal:
          if (glob) {
            AddGlob(piece.text, &nodes);
          } else {
            AddLiteral(piece.text, ExactEnd(pattern, k), pattern.ignore_case,
                       &nodes);
          }
          break;
        case ast::Piece::Kind::Skip:
          nodes.push_back(pattern::AnyRun(false));
          break;
        case ast::Piece::Kind::Let:
          if (const ast::Let* let = Named(*piece.name)) {
            nodes.push_back(InText(let->pattern, piece.span));
            CloseLet();
          } else {
            nodes.push_back(pattern::Literal("?"));  // the report is enough
          }
          break;
        case ast::Piece::Kind::Param:
          if (const auto text = ParamText(*piece.name)) {
            AddLiteral(*text, false, pattern.ignore_case, &nodes);
          } else {
            nodes.push_back(pattern::Literal("?"));  // the report is enough
          }
          break;
        case ast::Piece::Kind::Hole:
          nodes.push_back(Hole(piece, last, glob, pattern.ignore_case));
          break;
      }
    }
    return nodes;
  }

 private:
  // The let of that name, now open; null after a report.
  const ast::Let* Named(const ast::Name& name) {
    const Entity* entity = context_.Find(name, "let");
    if (entity == nullptr) {
      return nullptr;
    }
    if (entity->kind != EntityKind::Let) {
      context_.diags.Emit(name.span, diag::WrongKind, name.text,
                          EntityName(entity->kind), "let");
      return nullptr;
    }
    const Written<ast::Let>& let = context_.lets[entity->index];
    if (std::any_of(open_lets_.begin(), open_lets_.end(),
                    [&](const auto& open) { return open.tree == let.tree; })) {
      context_.diags.Emit(name.span, diag::Cycle, name.text, "`let`");
      return nullptr;
    }
    if (open_lets_.size() >= kDeepestLets) {
      context_.diags.Emit(name.span, diag::TooDeep, kDeepestLets)
          .Help("write the inner `let`s out where they are used");
      return nullptr;
    }
    if (++used_lets_ > kMostLets) {
      if (used_lets_ == kMostLets + 1) {
        context_.diags
            .Emit(name.span, diag::PatternTooLarge, "uses of a `let`",
                  kMostLets)
            .Help("each use is a copy, and so is each use inside of it");
      }
      return nullptr;
    }
    // Until it is closed names mean what they mean where the let stands.
    open_lets_.push_back({let.tree, context_.scope});
    context_.scope = let.scope;
    return let.tree;
  }

  void CloseLet() {
    context_.scope = open_lets_.back().scope;
    open_lets_.pop_back();
  }

  // A let as a part of a text: one term, or several to choose from.
  Node InText(const ast::Pattern& pattern, Span used_at) {
    if (pattern.kind == ast::Pattern::Kind::Or) {
      std::vector<Node> sides;
      for (const ast::Pattern& child : pattern.children) {
        sides.push_back(InText(child, used_at));
      }
      return pattern::Alt(std::move(sides));
    }
    const bool is_term = pattern.kind == ast::Pattern::Kind::Text ||
                         pattern.kind == ast::Pattern::Kind::Regex;
    if (!is_term || pattern.anchor_start || pattern.anchor_end) {
      context_.diags
          .Emit(used_at, diag::TypeMismatch,
                "inside a text stands one term, or several joined by `|`")
          .Label(pattern.span, "this is more than that")
          .Help("anchors and `&` belong to the pattern that uses the let");
      return pattern::Nothing();
    }
    return Term(pattern);
  }

  std::optional<std::string> ParamText(const ast::Name& name) {
    const Constant* value = context_.Parameter(name.text);
    if (value == nullptr) {
      context_.diags.Emit(name.span, diag::UnknownName, "param", name.text, "");
    } else if (value->is_set) {
      context_.diags.Emit(name.span, diag::TypeMismatch,
                          "a set cannot stand in a text");
    } else if (!value->values.empty()) {
      return value->values[0].text;
    }
    return std::nullopt;
  }

  Node Term(const ast::Pattern& pattern) {
    std::vector<Node> nodes;
    if (pattern.kind == ast::Pattern::Kind::Regex) {
      nodes.push_back(pattern::ParseRegex(pattern.regex, pattern.text_span,
                                          pattern.ignore_case, context_.diags));
    } else {
      nodes = Pieces(pattern, false);
    }
    if (pattern.whole_words) {
      // Beside punctuation there is no word to be whole.
      const auto edge = [&](bool front) {
        if (pattern.pieces.empty()) {
          return true;
        }
        const ast::Piece& piece =
            front ? pattern.pieces.front() : pattern.pieces.back();
        return piece.kind != ast::Piece::Kind::Literal ||
               IsWordByte(front ? piece.text.front() : piece.text.back());
      };
      if (edge(true)) {
        nodes.insert(nodes.begin(), pattern::LookAt(vm::Look::WordBoundary));
      }
      if (edge(false)) {
        nodes.push_back(pattern::LookAt(vm::Look::WordBoundary));
      }
    }
    if (pattern.anchor_start) {
      nodes.insert(nodes.begin(), pattern::LookAt(vm::Look::Begin));
    }
    if (pattern.anchor_end) {
      nodes.push_back(pattern::LookAt(vm::Look::End));
    }
    return pattern::Cat(std::move(nodes));
  }

  // Is the blank that ends literal `k` exactly one byte?
  bool ExactEnd(const ast::Pattern& pattern, size_t k) const {
    const bool last = k + 1 == pattern.pieces.size();
    if (place_ == PatternPlace::Prefix && last) {
      return true;
    }
    return place_ == PatternPlace::Line && !last &&
           pattern.pieces[k + 1].kind == ast::Piece::Kind::Hole &&
           pattern.pieces[k + 1].name.has_value() &&
           pattern.pieces[k + 1].name->text == "msg";
  }

  static void AddLiteral(const std::string& text, bool exact_end, bool fold,
                         std::vector<Node>* nodes) {
    size_t at = 0;
    while (at < text.size()) {
      size_t end = at;
      const bool blank = IsBlank(text[at]);
      while (end < text.size() && IsBlank(text[end]) == blank) {
        ++end;
      }
      if (!blank) {
        nodes->push_back(pattern::Literal(text.substr(at, end - at), fold));
      } else if (exact_end && end == text.size()) {
        // In front of it other blanks may stand as written.
        for (size_t k = at; k + 1 < end; ++k) {
          nodes->push_back(OneBlank());
        }
        nodes->push_back(OneBlank());
      } else {
        nodes->push_back(pattern::BlankRun());
      }
      at = end;
    }
  }

  static void AddGlob(const std::string& text, std::vector<Node>* nodes) {
    vm::ByteSet in_folder;
    in_folder.set();
    in_folder.reset('/');
    in_folder.reset('\n');
    for (const char c : text) {
      if (c == '*') {
        nodes->push_back(pattern::Repeat(pattern::Class(in_folder), 0,
                                         Node::kUnbounded, true));
      } else if (c == '?') {
        nodes->push_back(pattern::Class(in_folder));
      } else {
        nodes->push_back(pattern::Literal(std::string(1, c)));
      }
    }
  }

  Node Hole(const ast::Piece& piece, bool last, bool glob, bool fold) {
    vm::Type type = vm::Type::Text;
    Node node;
    std::vector<std::string> options;
    switch (piece.type.kind) {
      case ast::HoleType::Kind::Untyped:
        node = pattern::TypeLanguage(vm::Type::Text, last);
        break;
      case ast::HoleType::Kind::Named: {
        const std::optional<vm::Type> named = vm::TypeNamed(piece.type.text);
        if (!named.has_value()) {
          UnknownType(piece.type);
          if (piece.name.has_value()) {  // known, though not of what type
            CaptureIndex(*piece.name, vm::Type::Error, {});
          }
          return pattern::Literal("?");  // the report is enough
        }
        type = *named;
        node = pattern::TypeLanguage(type, last);
        break;
      }
      case ast::HoleType::Kind::Enum: {
        type = vm::Type::Enum;
        options = piece.type.options;
        std::vector<Node> sides;
        for (const std::string& option : options) {
          sides.push_back(pattern::Literal(option, fold));
        }
        node = pattern::Alt(std::move(sides));
        break;
      }
      case ast::HoleType::Kind::Regex:
        node = pattern::ParseRegex(piece.type.text, piece.type.span, fold,
                                   context_.diags);
        break;
    }
    if (glob && type == vm::Type::Text &&
        piece.type.kind != ast::HoleType::Kind::Regex) {
      std::vector<Node> run;
      AddGlob("*", &run);
      node = run.front();
    }
    if (piece.name.has_value()) {
      const uint32_t index =
          CaptureIndex(*piece.name, type, std::move(options));
      captures_[index].any_case |= fold;
      node = pattern::Capture(std::move(node), index);
    }
    // An optional hole that matched nothing has no value.
    return piece.type.optional
               ? pattern::Alt({std::move(node), pattern::Empty()})
               : node;
  }

  void UnknownType(const ast::HoleType& type) {
    static const std::vector<std::string> kTypes = {
        "int",  "hex", "float", "bytes",   "duration", "time", "percent",
        "path", "pci", "ip",    "version", "word",     "text", "bool"};
    auto report = context_.diags.Emit(type.span, diag::UnknownName, "hole type",
                                      type.text, DidYouMean(type.text, kTypes));
    report.Help(fmt::format("types are {}", fmt::join(kTypes, ", ")));
  }

  uint32_t CaptureIndex(const ast::Name& name, vm::Type type,
                        std::vector<std::string> options) {
    for (size_t k = 0; k < captures_.size(); ++k) {
      if (captures_[k].name != name.text) {
        continue;
      }
      // A header's stamp may be written as a regular expression here and as
      // `time` there; it is read as time.
      const bool stamp =
          place_ != PatternPlace::Message &&
          (type == vm::Type::Time || captures_[k].type == vm::Type::Time) &&
          (type == vm::Type::Text || captures_[k].type == vm::Type::Text);
      if (type == vm::Type::Error || captures_[k].type == vm::Type::Error) {
        captures_[k].type = vm::Type::Error;  // told already
        return Narrow<uint32_t>(k);
      }
      // Words, paths, choices and texts are all texts.
      const bool texts = vm::RepOf(type) == vm::Rep::Text &&
                         vm::RepOf(captures_[k].type) == vm::Rep::Text;
      if (stamp) {
        captures_[k].type = vm::Type::Time;
      } else if (texts && captures_[k].type != type) {
        captures_[k].type = vm::Type::Text;
        captures_[k].options.clear();
        return Narrow<uint32_t>(k);
      } else if (captures_[k].type != type) {
        context_.diags
            .Emit(name.span, diag::CaptureTypes, name.text, vm::TypeName(type),
                  vm::TypeName(captures_[k].type))
            .Label(captures_[k].span, "first here")
            .Help("give one of them another name");
      }
      captures_[k].options.insert(captures_[k].options.end(), options.begin(),
                                  options.end());
      return Narrow<uint32_t>(k);
    }
    captures_.push_back(
        {name.text, type, false, std::move(options), name.span, false});
    return Narrow<uint32_t>(captures_.size() - 1);
  }

  PatternPlace place_;
  std::vector<hir::Capture>& captures_;
  Context& context_;
  std::vector<Written<ast::Let>> open_lets_;
  size_t used_lets_ = 0;  // and the scopes to go back to
};

using Bound = std::set<uint32_t>;

Bound Common(const std::vector<Bound>& sides) {
  Bound common = sides.front();
  for (const Bound& side : sides) {
    Bound both;
    std::set_intersection(common.begin(), common.end(), side.begin(),
                          side.end(), std::inserter(both, both.end()));
    common = std::move(both);
  }
  return common;
}

Bound BoundIn(const Node& node) {
  Bound bound;
  if (node.kind == Node::Kind::Alt) {
    std::vector<Bound> sides;
    for (const Node& child : node.children) {
      sides.push_back(BoundIn(child));
    }
    return Common(sides);
  }
  if (node.kind == Node::Kind::Repeat && node.min == 0) {
    return bound;
  }
  if (node.kind == Node::Kind::Capture) {
    bound.insert(node.capture);
  }
  for (const Node& child : node.children) {
    bound.merge(BoundIn(child));
  }
  return bound;
}

Bound BoundIn(const hir::Pattern& pattern) {
  Bound bound;
  switch (pattern.kind) {
    case hir::Pattern::Kind::Term:
      return BoundIn(pattern.term);
    case hir::Pattern::Kind::Not:
      return bound;
    case hir::Pattern::Kind::And:
      for (const hir::Pattern& child : pattern.children) {
        bound.merge(BoundIn(child));
      }
      return bound;
    case hir::Pattern::Kind::Or: {
      std::vector<Bound> sides;
      for (const hir::Pattern& child : pattern.children) {
        sides.push_back(BoundIn(child));
      }
      return Common(sides);
    }
  }
  return bound;
}

// Needs some text to be there.
bool HasPositive(const hir::Pattern& pattern) {
  switch (pattern.kind) {
    case hir::Pattern::Kind::Term:
      return true;
    case hir::Pattern::Kind::Not:
      return false;
    case hir::Pattern::Kind::And:
      return std::any_of(pattern.children.begin(), pattern.children.end(),
                         HasPositive);
    case hir::Pattern::Kind::Or:
      return std::all_of(pattern.children.begin(), pattern.children.end(),
                         HasPositive);
  }
  return true;
}

bool FitsAnything(const hir::Pattern& pattern) {
  switch (pattern.kind) {
    case hir::Pattern::Kind::Term: {
      // `^$` is about empty records and says so.
      const auto& parts = pattern.term.children;
      const bool pinned = pattern.term.kind == Node::Kind::Cat &&
                          parts.size() == 2 &&
                          parts[0].kind == Node::Kind::Look &&
                          parts[1].kind == Node::Kind::Look;
      return !pinned && pattern::MatchesEmpty(pattern.term);
    }
    case hir::Pattern::Kind::Not:
      return false;
    case hir::Pattern::Kind::And:
      return std::all_of(pattern.children.begin(), pattern.children.end(),
                         FitsAnything);
    case hir::Pattern::Kind::Or:
      return std::any_of(pattern.children.begin(), pattern.children.end(),
                         FitsAnything);
  }
  return false;
}

// A record is one line, so what needs a line end fits none.
bool NeedsLineEnd(const Node& node) {
  switch (node.kind) {
    case Node::Kind::Literal:
      return node.literal.find('\n') != std::string::npos;
    case Node::Kind::Cat:
      return std::any_of(node.children.begin(), node.children.end(),
                         NeedsLineEnd);
    case Node::Kind::Alt:
      return std::all_of(node.children.begin(), node.children.end(),
                         NeedsLineEnd);
    case Node::Kind::Repeat:
      return node.min > 0 && NeedsLineEnd(node.children[0]);
    case Node::Kind::Capture:
      return NeedsLineEnd(node.children[0]);
    case Node::Kind::Empty:
    case Node::Kind::Nothing:
    case Node::Kind::Class:
    case Node::Kind::Look:
      return false;
  }
  return false;
}

bool NeedsLineEnd(const hir::Pattern& pattern) {
  const auto needs = [](const hir::Pattern& child) {
    return NeedsLineEnd(child);
  };
  switch (pattern.kind) {
    case hir::Pattern::Kind::Term:
      return NeedsLineEnd(pattern.term);
    case hir::Pattern::Kind::Not:
      return false;
    case hir::Pattern::Kind::And:
      return std::any_of(pattern.children.begin(), pattern.children.end(),
                         needs);
    case hir::Pattern::Kind::Or:
      return std::all_of(pattern.children.begin(), pattern.children.end(),
                         needs);
  }
  return false;
}

bool FitsNothing(const hir::Pattern& pattern) {
  switch (pattern.kind) {
    case hir::Pattern::Kind::Term:
      return pattern.term.kind == Node::Kind::Nothing;
    case hir::Pattern::Kind::Not:
      return false;
    case hir::Pattern::Kind::And:
      return std::any_of(pattern.children.begin(), pattern.children.end(),
                         FitsNothing);
    case hir::Pattern::Kind::Or:
      return std::all_of(pattern.children.begin(), pattern.children.end(),
                         FitsNothing);
  }
  return false;
}

}  // namespace

hir::Pattern CheckPattern(const ast::Pattern& pattern, PatternPlace place,
                          std::vector<hir::Capture>* captures,
                          Context* context) {
  return Lowering(place, captures, context).Lower(pattern);
}

void MarkMaybeAbsent(const hir::Pattern& pattern,
                     std::vector<hir::Capture>* captures) {
  const Bound bound = BoundIn(pattern);
  for (size_t k = 0; k < captures->size(); ++k) {
    (*captures)[k].maybe_absent = bound.count(Narrow<uint32_t>(k)) == 0;
  }
}

void CheckReach(const hir::Pattern& pattern, bool may_match_all,
                Context* context) {
  if (!HasPositive(pattern)) {
    context->diags.Emit(pattern.span, diag::OnlyNegative)
        .Help("add a term that must be there, joined with `&`");
  } else if (NeedsLineEnd(pattern)) {
    context->diags.Emit(pattern.span, diag::NeverMatches)
        .Note("a record is one line: it holds no `\\n`")
        .Help(
            "write a term for each line, joined with `&`; they are searched in "
            "the records of a block");
  } else if (FitsNothing(pattern)) {
    if (!context->diags.has_errors()) {
      context->diags.Emit(pattern.span, diag::NeverMatches);
    }
  } else if (!may_match_all && FitsAnything(pattern)) {
    context->diags.Emit(pattern.span, diag::TooBroad)
        .Help("write the words that only the wanted records have");
  }
}

hir::Pattern CheckGlob(const ast::Pattern& text,
                       std::vector<hir::Capture>* captures, std::string* glob,
                       Context* context) {
  Lowering lowering(PatternPlace::Message, captures, context);
  std::vector<Node> nodes = lowering.Pieces(text, true);
  for (const ast::Piece& piece : text.pieces) {
    *glob += piece.kind == ast::Piece::Kind::Literal ? piece.text : "*";
  }
  // `*/x` and `x` are looked for at any depth.
  const bool any_folder = glob->starts_with("*/");
  if (any_folder && nodes.size() > 2) {
    nodes.erase(nodes.begin(), nodes.begin() + 2);
  }
  std::vector<Node> whole;
  whole.push_back(pattern::LookAt(vm::Look::Begin));
  if (!glob->starts_with('/')) {
    whole.push_back(pattern::Alt(
        {pattern::Cat({pattern::AnyRun(true), pattern::Literal("/")}),
         pattern::Empty()}));
  }
  whole.push_back(pattern::Cat(std::move(nodes)));
  whole.push_back(pattern::LookAt(vm::Look::End));
  hir::Pattern out;
  out.span = text.span;
  out.term = pattern::Cat(std::move(whole));
  return out;
}

}  // namespace telltale::check
