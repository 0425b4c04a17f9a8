#include "runtime/scan/header.h"

#include <algorithm>

#include "runtime/input/lines.h"
#include "runtime/scan/evaluate.h"
#include "runtime/scan/json_header.h"
#include "runtime/scan/limits.h"
#include "runtime/scan/records.h"

namespace telltale::scan {

namespace {

constexpr uint32_t kWhole = TT_AT_START | TT_AT_END;

std::string_view Slice(std::string_view text, const Match& match,
                       uint32_t begin_register) {
  const uint32_t begin = match.registers[begin_register];
  const uint32_t end = match.registers[begin_register + 1];
  if (begin == TT_NONE || end == TT_NONE) {
    return {};
  }
  return text.substr(begin, end - begin);
}

void TakeFields(const std::vector<vm::FieldSource>& sources,
                std::string_view text, const Match& match, Header* header) {
  for (const vm::FieldSource& source : sources) {
    const std::string_view value = Slice(text, match, source.begin_register);
    if (value.data() != nullptr) {
      header->fields[source.field.index()] = value;
    }
  }
}

// A header is a few hundred bytes: whether a source fits is asked of so much of
// a record.
constexpr size_t kHeaderBytes = 4096;

}  // namespace

void ParseHeader(const Engine& engine, const vm::Source* source,
                 std::string_view record,
                 const std::vector<std::string>& file_fields, Scratch* scratch,
                 Header* header) {
  header->fields.assign(engine.program().fields.size(), std::string_view());
  for (size_t k = 0; k < file_fields.size(); ++k) {
    if (!file_fields[k].empty()) {
      header->fields[k] = file_fields[k];
    }
  }
  header->message = record;
  header->decoded = false;
  header->owned.clear();
  if (source == nullptr) {
    return;
  }
  Match match;
  for (int cut = 0; cut < kMaxPrefixes; ++cut) {
    bool fits = false;
    for (const vm::HeaderPattern& prefix : source->prefixes) {
      const std::string_view text = header->message;
      if (engine.Find(prefix.term, text, kWhole, scratch, &match) &&
          match.begin() == 0 && match.end() > 0) {
        TakeFields(prefix.fields, text, match, header);
        header->message = text.substr(match.end());
        fits = true;
        break;
      }
    }
    if (!fits) {
      break;
    }
  }
  if (ParseJson(*source, header->message, header)) {
    return;
  }
  for (const vm::HeaderPattern& line : source->lines) {
    const std::string_view text = header->message;
    if (line.catch_all) {
      break;
    }
    if (!engine.Find(line.term, text, kWhole, scratch, &match)) {
      continue;
    }
    TakeFields(line.fields, text, match, header);
    std::string_view message =
        text.substr(line.message_is_rest ? match.end() : text.size());
    for (const uint32_t begin : line.message_registers) {
      const std::string_view slice = Slice(text, match, begin);
      if (slice.data() != nullptr) {
        message = slice;
        break;
      }
    }
    header->message = message;
    break;
  }
}

bool FitsSource(const Engine& engine, const vm::Source& source,
                std::string_view record, Scratch* scratch) {
  record = record.substr(0, kHeaderBytes);
  Match match;
  for (const vm::HeaderPattern& prefix : source.prefixes) {
    if (engine.Find(prefix.term, record, kWhole, scratch, &match) &&
        match.begin() == 0 && match.end() > 0) {
      return true;
    }
  }
  if (!source.json.empty()) {
    Header header;
    ParseHeader(engine, &source, record, {}, scratch, &header);
    if (header.decoded) {
      return true;
    }
  }
  for (const vm::HeaderPattern& line : source.lines) {
    if (!line.catch_all &&
        engine.Find(line.term, record, kWhole, scratch, &match)) {
      return true;
    }
  }
  return false;
}

bool IsDropped(const Engine& engine, const vm::Source& source,
               std::string_view message, Scratch* scratch) {
  return std::any_of(source.drops.begin(), source.drops.end(),
                     [&](const vm::Pattern& drop) {
                       return Matches(engine, drop, message, scratch);
                     });
}

vm::SourceId ChooseSource(const Engine& engine, std::string_view path,
                          std::string_view head, vm::SourceId forced,
                          Scratch* scratch,
                          std::vector<std::string>* file_fields) {
  const vm::Program& program = engine.program();
  file_fields->assign(program.fields.size(), std::string());
  vm::SourceId by_name;
  Match match;
  for (size_t s = 0; s < program.sources.size() && !by_name.valid(); ++s) {
    if (forced.valid() && forced != vm::SourceId(s)) {
      continue;
    }
    for (const vm::FileGlob& glob : program.sources[s].files) {
      if (!engine.Find(glob.term, path, kWhole, scratch, &match)) {
        continue;
      }
      by_name = vm::SourceId(s);
      for (const vm::FieldSource& field : glob.fields) {
        (*file_fields)[field.field.index()] =
            std::string(Slice(path, match, field.begin_register));
      }
      break;
    }
  }
  if (forced.valid() || by_name.valid()) {
    return forced.valid() ? forced : by_name;
  }
  std::vector<size_t> fits(program.sources.size(), 0);
  std::string stripped;
  RecordCursor cursor(head);
  Record record;
  for (size_t n = 0; n < kSourceSampleRecords && cursor.Next(&record); ++n) {
    std::string_view text =
        head.substr(record.begin, record.end - record.begin);
    if (input::StripEscapes(text, stripped)) {
      text = stripped;
    }
    for (size_t s = 0; s < program.sources.size(); ++s) {
      if (FitsSource(engine, program.sources[s], text, scratch)) {
        ++fits[s];
      }
    }
  }
  vm::SourceId best;
  size_t most = 0;
  for (size_t s = 0; s < fits.size(); ++s) {
    if (fits[s] > most) {
      most = fits[s];
      best = vm::SourceId(s);
    }
  }
  return best;
}

}  // namespace telltale::scan
