#include "dsl/format/lines.h"

#include <algorithm>
#include <variant>

namespace telltale::format {

namespace {

bool IsBare(const ast::Node& node) {
  return !node.title.has_value() && node.attributes.empty() &&
         node.children.empty();
}

class Cutter {
 public:
  Cutter(const SourceMap& sources, size_t width)
      : sources_(sources), width_(width) {}

  Layout Run(const ast::File& file) {
    ReadTokens(file);
    std::vector<Token>& tokens = layout_.tokens;
    if (tokens.empty()) {
      return std::move(layout_);
    }
    if (file.edition.has_value()) {
      Begin(0, 0);
    }
    if (file.pack.has_value()) {
      Begin(At(file.pack->span.begin), 0);
    }
    for (const ast::Use& use : file.uses) {
      Begin(At(use.span.begin), 0).begins_item = true;
    }
    for (const ast::Item& item : file.items) {
      Item(item, 0);
    }
    std::vector<Line>& lines = layout_.lines;
    std::stable_sort(
        lines.begin(), lines.end(),
        [](const Line& a, const Line& b) { return a.first < b.first; });
    for (size_t k = 0; k < lines.size(); ++k) {
      lines[k].last = k + 1 < lines.size() ? lines[k + 1].first : tokens.size();
    }
    return std::move(layout_);
  }

 private:
  // -------------------------------------------------------------- tokens

  void ReadTokens(const ast::File& file) {
    uint32_t end = file.span.begin;
    size_t column = 0;
    std::vector<Remark> above;
    for (const ast::Token& read : file.tokens) {
      const std::string_view blanks = sources_.TextOf({end, read.span.begin});
      const auto breaks = std::count(blanks.begin(), blanks.end(), '\n');
      column = breaks == 0 ? column + blanks.size()
                           : blanks.size() - blanks.rfind('\n') - 1;
      const std::string_view text = sources_.TextOf(read.span);
      std::vector<Token>& tokens = layout_.tokens;
      if (!read.comment) {
        tokens.push_back(
            {text, read.span.begin, column, breaks > 1, std::move(above), {}});
        above.clear();
      } else if (breaks == 0 && !tokens.empty() && above.empty()) {
        tokens.back().beside = text;
      } else {
        above.push_back({text, column, breaks > 1});
      }
      const size_t last = text.rfind('\n');
      column = last == std::string_view::npos ? column + text.size()
                                              : text.size() - last - 1;
      end = read.span.end;
    }
    layout_.rest = std::move(above);
  }

  // The first token at or behind an address.
  size_t At(uint32_t address) const {
    const auto found = std::lower_bound(
        layout_.tokens.begin(), layout_.tokens.end(), address,
        [](const Token& token, uint32_t at) { return token.at < at; });
    return static_cast<size_t>(found - layout_.tokens.begin());
  }
  size_t LastOf(Span span) const { return At(span.end) - 1; }

  bool HasComments(size_t first, size_t last) const {
    for (size_t k = first + 1; k < last; ++k) {
      if (!layout_.tokens[k].above.empty() ||
          !layout_.tokens[k - 1].beside.empty()) {
        return true;
      }
    }
    return false;
  }

  // How long tokens are with a blank between each two.
  size_t Width(size_t first, size_t last) const {
    size_t width = last - first - 1;
    for (size_t k = first; k < last; ++k) {
      width += layout_.tokens[k].text.size();
    }
    return width;
  }

  // --------------------------------------------------------------- lines

  // Valid until the next call.
  Line& Begin(size_t first, size_t indent, LineKind kind = LineKind::Plain) {
    Line line;
    line.first = first;
    line.indent = indent;
    line.kind = kind;
    layout_.lines.push_back(line);
    return layout_.lines.back();
  }

  void Item(const ast::Item& item, size_t indent) {
    Begin(At(item.span.begin), indent).begins_item = true;
    std::visit([&](const auto& node) { Body(item.span, node, indent); },
               item.node);
  }

  void Body(Span, const ast::Param&, size_t) {}
  void Body(Span, const ast::Let&, size_t) {}
  void Body(Span, const ast::Apply&, size_t) {}
  void Body(Span, const ast::Stage&, size_t) {}

  void Body(Span span, const ast::Template& item, size_t indent) {
    for (const ast::Item& inner : item.items) {
      Item(inner, indent + 2);
    }
    Begin(LastOf(span), indent);
  }

  void Body(Span, const ast::Test& item, size_t indent) {
    for (const ast::TestLine& line : item.lines) {
      Begin(At(line.span.begin), indent + 2);
    }
  }

  template <typename Clauses>
  void Operands(const Clauses& clauses, size_t from, size_t indent) {
    size_t longest = 0;
    for (size_t k = from; k < clauses.size(); ++k) {
      longest = std::max(longest,
                         layout_.tokens[At(clauses[k].span.begin)].text.size());
    }
    for (size_t k = from; k < clauses.size(); ++k) {
      Begin(At(clauses[k].span.begin), indent + 2, LineKind::Source).operand =
          longest + 1;
    }
  }

  void Body(Span, const ast::Source& item, size_t indent) {
    Operands(item.clauses, 0, indent);
  }

  void Body(Span span, const ast::Block& item, size_t indent) {
    // `block NAME quiet` is how it begins.
    const size_t quiet = At(span.begin) + 2;
    const bool in_head =
        !item.clauses.empty() &&
        item.clauses[0].kind == ast::BlockClause::Kind::Quiet &&
        At(item.clauses[0].span.begin) == quiet &&
        !HasComments(quiet - 1, quiet + 1);
    Operands(item.clauses, in_head ? 1 : 0, indent);
  }

  void Clauses(const std::vector<ast::Clause>& clauses, size_t indent) {
    for (const ast::Clause& clause : clauses) {
      Begin(At(clause.span.begin), indent + 2, LineKind::Clause);
    }
  }

  void Body(Span, const ast::Sig& item, size_t indent) {
    uint32_t head = item.name.span.end;
    if (!item.verdicts.empty()) {
      head = item.verdicts.back().span.end;
    }
    if (!item.in.empty()) {
      head = item.in.back().span.end;
    }
    Begin(At(head), indent + 2, LineKind::Pattern).may_join =
        item.verdicts.empty();
    Clauses(item.clauses, indent);
  }

  void Body(Span, const ast::Rule& item, size_t indent) {
    const uint32_t head = item.verdicts.empty() ? item.name.span.end
                                                : item.verdicts.back().span.end;
    Begin(At(head), indent + 2, LineKind::Clause);
    Clauses(item.clauses, indent);
  }

  void Body(Span span, const ast::Table& item, size_t indent) {
    const size_t block = ++blocks_;
    const auto row = [&](size_t first, const std::vector<ast::Cell>& cells,
                         size_t from, size_t to) {
      Line& line = Begin(first, indent + 2, LineKind::Row);
      line.block = block;
      for (size_t k = from; k < to; ++k) {
        line.cells.push_back(At(cells[k].span.begin));
      }
    };
    const size_t columns = item.columns.size();
    for (size_t k = 0; k < item.cells.size(); k += columns) {
      row(At(item.cells[k].span.begin), item.cells, k + 1,
          std::min(k + columns, item.cells.size()));
    }
    if (!item.otherwise.empty()) {
      row(At(item.otherwise[0].span.begin) - 1, item.otherwise, 0,
          item.otherwise.size());
    }
    Begin(LastOf(span), indent);
  }

  void Body(Span span, const ast::Taxonomy& item, size_t indent) {
    for (const ast::Attribute& attribute : item.attributes) {
      Begin(At(attribute.span.begin), indent + 2);
    }
    for (const ast::AxisTree& axis : item.axes) {
      Begin(At(axis.span.begin), indent + 2, LineKind::Node);
      const size_t first = At(axis.span.begin);
      Tree(first, Closing(first + 1), axis.nodes, indent + 2);
    }
    Begin(LastOf(span), indent);
  }

  // The token that closes the brace at `open`.
  size_t Closing(size_t open) const {
    size_t depth = 0;
    for (size_t k = open;; ++k) {
      depth += layout_.tokens[k].text == "{" ? 1U : 0U;
      depth -= layout_.tokens[k].text == "}" ? 1U : 0U;
      if (depth == 0) {
        return k;
      }
    }
  }

  // The nodes in the braces that end at `close`: on the line that begins with
  // `first` if all of it fits there.
  void Tree(size_t first, size_t close, const std::vector<ast::Node>& nodes,
            size_t indent) {
    const bool flat =
        std::all_of(nodes.begin(), nodes.end(),
                    [](const auto& node) { return node.children.empty(); }) &&
        !HasComments(first, close + 1) &&
        indent + Width(first, close + 1) <= width_;
    if (flat) {
      return;
    }
    const size_t block = ++blocks_;
    bool open = false;  // a line of bare nodes that may go on
    size_t width = 0;
    for (const ast::Node& node : nodes) {
      const size_t at = At(node.span.begin);
      const Token& token = layout_.tokens[at];
      const bool bare = IsBare(node);
      width += 1 + token.text.size();
      if (bare && open && width <= width_ && !token.after_blank &&
          token.above.empty() && layout_.tokens[at - 1].beside.empty()) {
        continue;
      }
      open = bare;
      width = indent + 2 + token.text.size();
      Line& line = Begin(at, indent + 2, LineKind::Node);
      if (!bare && node.children.empty()) {
        line.block = block;
        line.cells = {0, 0};
        size_t next = at + 1;
        if (node.title.has_value()) {
          line.cells[0] = next++;
        }
        if (!node.attributes.empty()) {
          line.cells[1] = next;
        }
      }
      // `{}` is written, though it holds nothing.
      if (layout_.tokens[LastOf(node.span)].text == "}") {
        Tree(at, LastOf(node.span), node.children, indent + 2);
      }
    }
    Begin(close, indent, LineKind::Node);
  }

  const SourceMap& sources_;
  size_t width_;
  Layout layout_;
  size_t blocks_ = 0;
};

}  // namespace

Layout CutLines(const SourceMap& sources, const ast::File& file, size_t width) {
  return Cutter(sources, width).Run(file);
}

}  // namespace telltale::format
