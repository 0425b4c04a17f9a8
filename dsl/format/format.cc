#include "dsl/format/format.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "dsl/format/lines.h"

namespace telltale {

namespace {

using format::Layout;
using format::Line;
using format::LineKind;
using format::Remark;
using format::Token;

// Cells and code longer than this do not push what stands beside them.
constexpr size_t kWidestColumn = 80;

template <size_t N>
bool IsOneOf(std::string_view text, const std::string_view (&words)[N]) {
  return std::find(std::begin(words), std::end(words), text) != std::end(words);
}

constexpr std::string_view kBeforeOperand[] = {
    "(",  "[",  "{",     ",",     "+",   "-",  "*",   "/",
    "==", "!=", "<",     "<=",    ">",   ">=", "??",  "..",
    "~",  "=",  "where", "gives", "and", "or", "not", "in"};
constexpr std::string_view kCallees[] = {"prev", "mean", "min", "max"};
constexpr std::string_view kLeading[] = {"|", "&", "->", "or", "and"};

// A line may be broken before a token: first where `level` is least. Where
// `fills`, only as often as it must.
struct Break {
  size_t level = 0;
  bool fills = false;
  size_t indent = 0;  // of the line that begins there
};

// Of a token in its line.
struct Place {
  size_t gap = 0;  // blanks before it
  std::optional<Break> may_break;
};

struct Written {
  std::string code;
  std::string comment;  // beside it
};

size_t LastWidth(std::string_view text) {
  const size_t newline = text.rfind('\n');
  return newline == std::string_view::npos ? text.size()
                                           : text.size() - newline - 1;
}

class Printer {
 public:
  explicit Printer(Layout layout) : layout_(std::move(layout)) {
    // A comment behind `|` speaks of what stands before.
    for (size_t k = 1; k < tokens().size(); ++k) {
      Token& token = layout_.tokens[k];
      Token& before = layout_.tokens[k - 1];
      if (IsOneOf(token.text, kLeading) && token.above.empty() &&
          before.beside.empty()) {
        std::swap(token.beside, before.beside);
      }
    }
  }

  std::string Run() {
    JoinLines();
    const std::vector<Line>& lines = layout_.lines;
    for (size_t k = 0; k < lines.size();) {
      size_t end = k + 1;
      while (end < lines.size() && lines[end].block != 0 &&
             lines[end].block == lines[k].block) {
        ++end;
      }
      const std::vector<size_t> stops = Columns(k, end);
      for (; k < end; ++k) {
        PrintLine(lines[k], k == 0 ? nullptr : &lines[k - 1], stops);
      }
    }
    bool outside = false;
    for (const Remark& remark : layout_.rest) {
      outside = outside || remark.column == 0;
      PrintRemark(remark, outside ? 0 : std::max<size_t>(2, body_indent_),
                  remark.after_blank);
    }
    return Text();
  }

 private:
  const std::vector<Token>& tokens() const { return layout_.tokens; }

  bool MustBreak(size_t token) const {
    return !tokens()[token].above.empty() ||
           !tokens()[token - 1].beside.empty();
  }

  // ------------------------------------------------- blanks and breaks

  // Of the tokens of a line, the first one left out.
  std::vector<Place> Places(const Line& line) const {
    std::vector<Place> places(line.last - line.first);
    std::vector<bool> open;  // per bracket: a set
    bool unary = false;
    const std::string_view head = tokens()[line.first].text;
    for (size_t k = line.first; k < line.last; ++k) {
      const std::string_view text = tokens()[k].text;
      const std::string_view before =
          k == line.first ? std::string_view() : tokens()[k - 1].text;
      const bool closes_set = text == "}" && !open.empty() && open.back();
      const bool opened_set = before == "{" && !open.empty() && open.back();
      if ((text == ")" || text == "]" || text == "}") && !open.empty()) {
        open.pop_back();
      }
      Place& place = places[k - line.first];
      if (k > line.first) {
        const bool tight =
            IsOneOf(text, {")", "]", ",", ":", "."}) ||
            IsOneOf(before, {"(", "[", ".", "!", "@"}) ||
            (text == "[" && line.kind != LineKind::Node) ||
            (text == "(" &&
             (IsOneOf(before, kCallees) ||
              (k == line.first + 2 && IsOneOf(head, {"template", "apply"})))) ||
            closes_set || opened_set || unary;
        place.gap = tight ? 0 : 1;
        if (text == "gives" && head == "hit") {
          place.gap = 2;
        }
        if (k == line.first + 1) {
          const size_t operand =
              line.kind == LineKind::Source ? line.operand
              : line.kind == LineKind::Clause && IsOneOf(head, {"hit", "see"})
                  ? 5
                  : 0;
          place.gap =
              std::max(place.gap, operand - std::min(operand, head.size()));
        }
        place.may_break = BreakAt(line, k, open.size());
      }
      unary = text == "-" && (line.kind == LineKind::Row || before.empty() ||
                              IsOneOf(before, kBeforeOperand));
      if (text == "(" || text == "[") {
        open.push_back(false);
      } else if (text == "{") {
        open.push_back(line.kind != LineKind::Node || !open.empty());
      }
    }
    return places;
  }

  std::optional<Break> BreakAt(const Line& line, size_t k, size_t depth) const {
    if (line.kind == LineKind::Row) {
      return std::nullopt;
    }
    const std::string_view head = tokens()[line.first].text;
    const std::string_view text = tokens()[k].text;
    const std::string_view next =
        k + 1 < line.last ? tokens()[k + 1].text : std::string_view();
    const auto at = [&](size_t level, size_t hang, bool fills = false) {
      return Break{depth * 10 + level, fills, line.indent + hang + 2 * depth};
    };
    const bool in_source = line.kind == LineKind::Source;
    const size_t first_term = in_source                        ? line.operand
                              : line.kind == LineKind::Pattern ? 2
                                                               : 4;
    if (text == "gives") {
      return at(0, head == "hit" ? 5 : 4);
    }
    if ((head == "stage" && IsOneOf(text, {"from", "to", "by"})) ||
        (head == "use" && IsOneOf(text, {"as", "with"}))) {
      return at(0, 2);
    }
    if (text == "->") {
      return at(1, 2);
    }
    if (tokens()[k - 1].text == "," || (IsOneOf(head, {"explains", "clears"}) &&
                                        IsOneOf(text, {"back", "for"}))) {
      return at(2, in_source ? line.operand : 2, true);
    }
    if (text == "|") {
      return at(3, first_term - 2);
    }
    if (text == "&") {
      return at(4, first_term);
    }
    if (text == "where") {
      return at(5, 4);
    }
    if (text == "or" && next != "eof") {
      return at(6, 4);
    }
    if (text == "and") {
      return at(7, 4);
    }
    return std::nullopt;
  }

  // A pattern stands beside its signature's name, if it fits.
  void JoinLines() {
    std::vector<Line> joined;
    for (const Line& line : layout_.lines) {
      if (line.may_join && !joined.empty()) {
        Line both = joined.back();
        both.last = line.last;
        bool one = true;
        size_t width = both.indent;
        const std::vector<Place> places = Places(both);
        for (size_t k = both.first; k < both.last; ++k) {
          one = one && (k == both.first || !MustBreak(k));
          width += places[k - both.first].gap + tokens()[k].text.size();
        }
        if (one && width <= kFormatWidth) {
          joined.back() = both;
          continue;
        }
      }
      joined.push_back(line);
    }
    layout_.lines = std::move(joined);
  }

  // Of lines that share columns: where these begin.
  std::vector<size_t> Columns(size_t first, size_t last) const {
    std::vector<size_t> stops;
    const std::vector<Line>& lines = layout_.lines;
    if (lines[first].block == 0) {
      return stops;
    }
    std::vector<size_t> ends;
    std::vector<std::vector<Place>> places;
    size_t columns = 0;
    const auto advance = [&](size_t k, size_t from, size_t end) {
      for (size_t token = from; token < end; ++token) {
        ends[k - first] +=
            tokens()[token].text.size() +
            (token == from ? 0 : places[k - first][token - lines[k].first].gap);
      }
    };
    const auto cell_end = [&](const Line& line, size_t column) {
      for (++column; column < line.cells.size(); ++column) {
        if (line.cells[column] != 0) {
          return line.cells[column];
        }
      }
      return line.last;
    };
    for (size_t k = first; k < last; ++k) {
      columns = std::max(columns, lines[k].cells.size());
      ends.push_back(lines[k].indent);
      places.push_back(Places(lines[k]));
      size_t end = lines[k].last;
      for (const size_t cell : lines[k].cells) {
        end = cell == 0 ? end : std::min(end, cell);
      }
      advance(k, lines[k].first, end);
    }
    for (size_t column = 0; column < columns; ++column) {
      size_t stop = 0;
      for (size_t k = first; k < last; ++k) {
        const Line& line = lines[k];
        if (column < line.cells.size() && line.cells[column] != 0 &&
            ends[k - first] <= kWidestColumn) {
          stop = std::max(stop, ends[k - first] + ColumnGap(line));
        }
      }
      stops.push_back(stop);
      for (size_t k = first; k < last; ++k) {
        const Line& line = lines[k];
        if (column < line.cells.size() && line.cells[column] != 0) {
          ends[k - first] = std::max(stop, ends[k - first] + ColumnGap(line));
          advance(k, line.cells[column], cell_end(line, column));
        }
      }
    }
    return stops;
  }

  static size_t ColumnGap(const Line& line) {
    return line.kind == LineKind::Row ? 2 : 1;
  }

  // ------------------------------------------------------------- output

  size_t Column() const { return LastWidth(out_.back().code); }

  void NewLine(size_t indent) {
    out_.push_back({std::string(indent, ' '), {}});
  }

  void Blank() {
    if (!out_.empty() && !out_.back().code.empty()) {
      out_.emplace_back();
    }
  }

  void PrintRemark(const Remark& remark, size_t indent, bool blank) {
    if (blank) {
      Blank();
    }
    NewLine(indent);
    out_.back().code += remark.text;
  }

  // The token, on a new line if a comment stands between.
  void PrintToken(const Line& line, size_t k, size_t gap) {
    const Token& token = tokens()[k];
    if (k > line.first && MustBreak(k)) {
      BreakBefore(k, line.indent + 4);
    } else if (k > line.first) {
      out_.back().code.append(gap, ' ');
    }
    out_.back().code += token.text;
    out_.back().comment = token.beside;
  }

  void BreakBefore(size_t k, size_t indent) {
    for (const Remark& remark : tokens()[k].above) {
      PrintRemark(remark, indent, false);
    }
    NewLine(indent);
  }

  // Tokens [begin, end) of a line; the first has its place already.
  void PrintRange(const Line& line, const std::vector<Place>& places,
                  size_t begin, size_t end) {
    const auto place = [&](size_t k) -> const Place& {
      return places[k - line.first];
    };
    const auto width = [&](size_t from, size_t to) {
      size_t sum = 0;
      for (size_t k = from; k < to; ++k) {
        sum += tokens()[k].text.size() + (k == from ? 0 : place(k).gap);
      }
      return sum;
    };
    bool broken = Column() + width(begin, end) > kFormatWidth;
    std::optional<size_t> level;
    for (size_t k = begin + 1; k < end; ++k) {
      broken = broken || MustBreak(k);
      if (place(k).may_break.has_value()) {
        level = std::min(level.value_or(SIZE_MAX), place(k).may_break->level);
      }
    }
    if (!broken || !level.has_value()) {
      for (size_t k = begin; k < end; ++k) {
        if (k == begin) {
          out_.back().code += tokens()[k].text;
          out_.back().comment = tokens()[k].beside;
        } else {
          PrintToken(line, k, place(k).gap);
        }
      }
      return;
    }
    for (size_t from = begin; from < end;) {
      size_t to = from + 1;
      while (to < end && !(place(to).may_break.has_value() &&
                           place(to).may_break->level == *level)) {
        ++to;
      }
      if (from > begin) {
        const Break& at = *place(from).may_break;
        if (at.fills && !MustBreak(from) &&
            Column() + place(from).gap + width(from, to) <= kFormatWidth) {
          out_.back().code.append(place(from).gap, ' ');
        } else {
          BreakBefore(from, at.indent);
        }
      }
      PrintRange(line, places, from, to);
      from = to;
    }
  }

  // Comments and blank lines before a line.
  void PrintAbove(const Line& line, const Line* before) {
    const Token& token = tokens()[line.first];
    const bool closes = token.text == "}" || token.text == "end";
    bool inside = true;  // the comment belongs to what stands before
    bool opened = before != nullptr && line.indent > before->indent;
    bool apart = false;
    for (const Remark& remark : token.above) {
      inside = inside && remark.column > token.column && before != nullptr;
      const size_t indent =
          inside ? std::max(body_indent_, line.indent + 2) : line.indent;
      bool blank = remark.after_blank && !opened;
      if (!inside && line.begins_item && !apart) {
        marks_.push_back({out_.size(), line.indent});
        apart = true;
      }
      PrintRemark(remark, indent, blank);
      opened = false;
    }
    if (line.begins_item && !apart) {
      marks_.push_back({out_.size(), line.indent});
    }
    if (token.after_blank && !opened && !closes) {
      Blank();
    }
    if (line.begins_item) {
      marks_.back().code = out_.size();
    }
  }

  void PrintLine(const Line& line, const Line* before,
                 const std::vector<size_t>& stops) {
    PrintAbove(line, before);
    body_indent_ = line.indent;
    NewLine(line.indent);
    const std::vector<Place> places = Places(line);
    if (line.block == 0) {
      PrintRange(line, places, line.first, line.last);
      return;
    }
    size_t column = 0;
    for (size_t k = line.first; k < line.last; ++k) {
      size_t gap = places[k - line.first].gap;
      while (column < line.cells.size() && line.cells[column] < k) {
        ++column;
      }
      if (column < line.cells.size() && line.cells[column] == k) {
        gap = ColumnGap(line);
        if (Column() + gap < stops[column]) {
          gap = stops[column] - Column();
        }
      }
      PrintToken(line, k, gap);
    }
  }

  // Items of several lines stand apart from their neighbours.
  void PartItems() {
    std::vector<Written> parted;
    for (size_t k = 0, mark = 0; k < out_.size(); ++k) {
      if (mark < marks_.size() && marks_[mark].begin == k) {
        const auto lines = [&](size_t of) {
          size_t end =
              of + 1 < marks_.size() ? marks_[of + 1].begin : out_.size();
          while (end > marks_[of].code && out_[end - 1].code.empty()) {
            --end;
          }
          return end - marks_[of].code;
        };
        const bool apart = mark > 0 &&
                           marks_[mark].indent <= marks_[mark - 1].indent &&
                           (lines(mark) > 1 || lines(mark - 1) > 1);
        if (apart && !parted.empty() && !parted.back().code.empty() &&
            !out_[k].code.empty()) {
          parted.emplace_back();
        }
        ++mark;
      }
      parted.push_back(out_[k]);
    }
    out_ = std::move(parted);
  }

  std::string Text() {
    PartItems();
    std::string text;
    for (size_t k = 0; k < out_.size();) {
      // Comments beside lines in a row stand in one column.
      size_t end = k;
      size_t widest = 0;
      for (; end < out_.size() && !out_[end].comment.empty(); ++end) {
        const size_t width = LastWidth(out_[end].code);
        widest = std::max(widest, width > kWidestColumn ? 0 : width);
      }
      for (; k < end; ++k) {
        const size_t width = LastWidth(out_[k].code);
        text += out_[k].code;
        text.append(std::max(widest, width) + 2 - width, ' ');
        text += out_[k].comment + "\n";
      }
      if (k < out_.size() && out_[k].comment.empty()) {
        text += out_[k++].code + "\n";
      }
    }
    return text;
  }

  struct ItemMark {
    size_t begin = 0;  // where its comments begin in `out_`
    size_t indent = 0;
    size_t code = 0;  // and where it begins itself
  };

  Layout layout_;
  std::vector<Written> out_;
  std::vector<ItemMark> marks_;
  size_t body_indent_ = 0;  // of the line before
};

}  // namespace

std::string Format(const SourceMap& sources, const ast::File& file) {
  return Printer(format::CutLines(sources, file, kFormatWidth)).Run();
}

}  // namespace telltale
