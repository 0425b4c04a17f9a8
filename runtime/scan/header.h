// Headers: cuts prefixes and the header off a record, as its source says, and
// remembers the fields. What is left is the message that signatures see.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/scan/engine.h"

namespace telltale::scan {

struct Header {
  std::string_view message;
  bool decoded = false;  // the message is no part of the record (JSON)
  // Per field of the program; an absent one has data() == nullptr.
  std::vector<std::string_view> fields;

  std::deque<std::string> owned;  // what is no part of the record

  [[nodiscard]] bool has(vm::FieldId field) const {
    return fields[field.index()].data() != nullptr;
  }
};

// Splits `record`. A null source: all of it is message. `file_fields` are those
// that the file's name gave.
void ParseHeader(const Engine& engine, const vm::Source* source,
                 std::string_view record,
                 const std::vector<std::string>& file_fields, Scratch* scratch,
                 Header* header);

// Does a prefix or a line pattern that is no catch-all fit?
bool FitsSource(const Engine& engine, const vm::Source& source,
                std::string_view record, Scratch* scratch);

// Is the record one that the source drops?
bool IsDropped(const Engine& engine, const vm::Source& source,
               std::string_view message, Scratch* scratch);

// Which source reads this file: the first whose `files` fits the path, else
// the one that fits most of the first records, else none. `forced` decides if
// it is valid. Fields from the path go to `file_fields` (empty: absent).
vm::SourceId ChooseSource(const Engine& engine, std::string_view path,
                          std::string_view head, vm::SourceId forced,
                          Scratch* scratch,
                          std::vector<std::string>* file_fields);

}  // namespace telltale::scan
