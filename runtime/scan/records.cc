#include "runtime/scan/records.h"

namespace telltale::scan {

namespace {

// The first \r or \n at or after `from`, else the text's end. Looks at both in
// short stretches, so that a megabyte line of \r progress stays linear.
size_t RecordEnd(std::string_view text, size_t from) {
  constexpr size_t kStretch = 512;
  for (size_t at = from; at < text.size(); at += kStretch) {
    const std::string_view stretch = text.substr(at, kStretch);
    const size_t lf = stretch.find('\n');
    const size_t cr = stretch.substr(0, lf).find('\r');
    const size_t first = cr != std::string_view::npos ? cr : lf;
    if (first != std::string_view::npos) {
      return at + first;
    }
  }
  return text.size();
}

}  // namespace

Record RecordAt(std::string_view text, size_t begin) {
  const size_t end = RecordEnd(text, begin);
  if (end == text.size()) {
    return {begin, end, end};
  }
  const bool crlf =
      text[end] == '\r' && end + 1 < text.size() && text[end + 1] == '\n';
  return {begin, end, end + (crlf ? 2 : 1)};
}

size_t RecordBegin(std::string_view text, size_t from, size_t position) {
  while (position > from) {
    const char before = text[position - 1];
    if (before == '\n') {
      return position;
    }
    if (before == '\r' && text[position] != '\n') {
      return position;
    }
    --position;
  }
  return from;
}

bool RecordCursor::Next(Record* record) {
  if (at_ >= text_.size()) {
    return false;
  }
  *record = RecordAt(text_, at_);
  at_ = record->next;
  return true;
}

}  // namespace telltale::scan
