// Records: where one ends and the next begins. A record ends at \n, and at an
// \r that does not stand before \n (progress bars); \r\n is one end.
#pragma once

#include <cstddef>
#include <string_view>

namespace telltale::scan {

struct Record {
  size_t begin = 0;
  size_t end = 0;   // before the \r or \n
  size_t next = 0;  // where the next record begins
};

// The record of `text` that begins at `begin`. `text` ends at a record's end
// or at the end of the input.
Record RecordAt(std::string_view text, size_t begin);

// The beginning of the record that holds `position`, not before `from`, which
// begins a record.
size_t RecordBegin(std::string_view text, size_t from, size_t position);

// All records of a text, in order.
class RecordCursor {
 public:
  explicit RecordCursor(std::string_view text) : text_(text) {}
  bool Next(Record* record);

 private:
  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace telltale::scan
