// The part of FileScanner that turns matched records and blocks into events.
#include <algorithm>
#include <utility>

#include "runtime/base/narrow.h"
#include "runtime/scan/file_scanner.h"
#include "runtime/scan/limits.h"

namespace telltale::scan {

namespace {

constexpr uint32_t kWhole = TT_AT_START | TT_AT_END;

std::vector<std::string_view> Views(const std::vector<std::string>& texts) {
  std::vector<std::string_view> views;
  views.reserve(texts.size());
  for (const std::string& text : texts) {
    // An absent field is told by its null pointer.
    views.push_back(text.empty() ? std::string_view() : std::string_view(text));
  }
  return views;
}

// Where the quotation of a record begins, so that it holds the match and some
// of what stands before it.
size_t QuotationBegin(std::string_view text, size_t match) {
  constexpr size_t kBefore = 512;
  if (text.size() <= kEventText || match <= kEventText / 2) {
    return 0;
  }
  size_t begin = match - kBefore;
  while (begin < match &&
         (static_cast<unsigned char>(text[begin]) & 0xc0u) == 0x80u) {
    ++begin;  // not inside a UTF-8 sequence
  }
  return begin;
}

}  // namespace

// ------------------------------------------------------------------ blocks

std::string FileScanner::KeyOfRecord() const {
  std::string key;
  for (const vm::FieldId field : engine_.key_fields()) {
    if (header_.has(field)) {
      key.append(header_.fields[field.index()]);
    }
    key.push_back('\0');
  }
  return key;
}

bool FileScanner::FeedBlocks(const View& view) {
  chain_ = 0;
  link_ = 0;
  const auto opens = [&](uint32_t consumer) {
    return engine_.consumers()[consumer].kind == Consumer::Kind::Block;
  };
  if (open_blocks_.empty() && ties_.empty() &&
      std::none_of(wanted_.begin(), wanted_.end(), opens)) {
    return false;
  }
  const std::string key = KeyOfRecord();
  if (const auto at = open_blocks_.find(key); at != open_blocks_.end()) {
    const vm::Block& shape = program_.blocks[at->second.block.index()];
    if (FeedOpenBlock(view, at)) {
      return shape.quiet;
    }
  }
  if (view.first_window) {
    FeedTies(view, key);
  }
  for (const uint32_t consumer : wanted_) {
    if (!opens(consumer) || (view.long_line && long_done_[consumer])) {
      continue;
    }
    const vm::BlockId id(engine_.consumers()[consumer].index);
    if (OpensBlock(engine_, program_.blocks[id.index()], header_.message,
                   scratch_)) {
      long_done_[consumer] = view.long_line;
      Open(id, key, view);
      return program_.blocks[id.index()].quiet;
    }
  }
  return false;
}

// False: the record is not the block's, which is closed.
bool FileScanner::FeedOpenBlock(const View& view,
                                std::map<std::string, OpenBlock>::iterator at) {
  OpenBlock& block = at->second;
  const vm::Block& shape = program_.blocks[block.block.index()];
  chain_ = block.chain;
  link_ = block.link;
  if (!view.first_window) {
    return true;  // a block keeps the head of a long record
  }
  const Part part = PartOf(engine_, shape, header_.message, scratch_);
  if (part == Part::Empty) {
    return true;
  }
  // What a quiet block cannot keep it could not give back.
  if (part == Part::Stray || (!AddLine(&block, view) && shape.quiet)) {
    chain_ = 0;
    link_ = 0;
    Close(at);
    return false;
  }
  if (part == Part::Open) {
    block.mixed = true;
    ++block.depth;
  }
  if (part == Part::Close && --block.depth == 0) {
    block.finished = true;
    Close(at);
  } else if (block.lines.size() >= shape.max_lines) {
    Close(at);
  }
  return true;
}

// After a block its key's next record ties the next block to it, or opens it,
// or there is no chain.
void FileScanner::FeedTies(const View& view, const std::string& key) {
  std::erase_if(ties_, [&](const auto& entry) {
    return view.line > entry.second.line + kMaxTieLines;
  });
  const auto at = ties_.find(key);
  if (at == ties_.end() || IsBlank(header_.message)) {
    return;
  }
  Tie& tie = at->second;
  const vm::Block& shape = program_.blocks[tie.block.index()];
  if (TiesBlocks(engine_, shape, header_.message, scratch_)) {
    tie.tied = true;
    tie.line = view.line;
  } else if (!tie.tied ||
             !OpensBlock(engine_, shape, header_.message, scratch_)) {
    ties_.erase(at);
  }
}

// False: the block is full.
bool FileScanner::AddLine(OpenBlock* block, const View& view) {
  SettleTime();
  const std::string_view text = header_.decoded ? header_.message : view.text;
  const auto message =
      static_cast<size_t>(header_.message.data() - text.data());
  block->bytes += text.size();
  if (block->bytes > kMaxBlockBytes) {
    block->truncated = true;
    return false;
  }
  BlockLine line{std::string(text), message, view.line, view.offset, time_,
                 time_has_year_,    gap_,    {},        {}};
  const bool quiet = program_.blocks[block->block.index()].quiet;
  if (quiet) {
    line.fields.assign(header_.fields.begin(), header_.fields.end());
  }
  for (const uint32_t consumer : wanted_) {
    if (engine_.consumers()[consumer].kind == Consumer::Kind::Signature) {
      block->seen[engine_.consumers()[consumer].index] = true;
      if (quiet) {
        line.wanted.push_back(consumer);
      }
    }
  }
  block->lines.push_back(std::move(line));
  return true;
}

void FileScanner::Open(vm::BlockId id, const std::string& key,
                       const View& view) {
  if (open_blocks_.size() >= kMaxOpenBlocks) {
    Close(std::min_element(open_blocks_.begin(), open_blocks_.end(),
                           [](const auto& a, const auto& b) {
                             return a.second.sequence < b.second.sequence;
                           }));
  }
  OpenBlock block;
  block.block = id;
  block.sequence = block_sequence_++;
  block.run = run_;
  block.seen.assign(program_.signatures.size(), false);
  for (const std::string_view field : header_.fields) {
    block.fields.emplace_back(field);
  }
  const vm::Block& shape = program_.blocks[id.index()];
  if (!shape.chains.empty()) {
    const auto tie = ties_.find(key);
    const bool tied =
        tie != ties_.end() && tie->second.tied && tie->second.block == id;
    if (!tied) {
      links_.push_back(0);
    }
    block.chain = tied ? tie->second.chain : Narrow<uint32_t>(links_.size());
    block.link = tied ? tie->second.link + 1 : 1;
    links_[block.chain - 1] = block.link;
    chain_ = block.chain;
    link_ = block.link;
  }
  ties_.erase(key);
  AddLine(&block, view);
  const bool one_record = shape.bodies.empty() && shape.closes.empty();
  block.finished = one_record;
  const auto at = open_blocks_.insert_or_assign(key, std::move(block)).first;
  if (one_record) {
    Close(at);
  }
}

void FileScanner::Close(std::map<std::string, OpenBlock>::iterator at) {
  const OpenBlock block = std::move(at->second);
  if (block.chain != 0) {
    ties_[at->first] = {block.block, block.chain, block.link,
                        block.lines.back().line, false};
  }
  open_blocks_.erase(at);
  if (watched_line_ != 0 && std::any_of(block.lines.begin(), block.lines.end(),
                                        [&](const BlockLine& line) {
                                          return line.line == watched_line_;
                                        })) {
    watched_.push_back(block);
  }
  if (program_.blocks[block.block.index()].quiet && !block.finished) {
    GiveBack(block);
    return;
  }
  if (program_.blocks[block.block.index()].is_event) {
    EmitBlockEvent(block);
  }
  for (const uint32_t signature : engine_.in_block(block.block)) {
    if (block.seen[signature] ||
        program_.signatures[signature].gate.any_of.empty()) {
      MatchBlockSignature(signature, block);
    }
  }
}

// A quiet block that did not close as written was none: its records are matched
// as if it had not been there.
void FileScanner::GiveBack(const OpenBlock& block) {
  Header header = std::move(header_);
  const int64_t time = std::exchange(time_, 0);
  const bool settled = std::exchange(time_settled_, true);
  const bool has_year = std::exchange(time_has_year_, true);
  const uint32_t run = std::exchange(run_, block.run);
  const int64_t gap = gap_;
  for (const BlockLine& line : block.lines) {
    header_ = {};
    header_.fields = Views(line.fields);
    header_.message = std::string_view(line.text).substr(line.message);
    time_ = line.time;
    time_has_year_ = line.has_year;
    gap_ = line.gap;
    View view;
    view.text = line.text;
    view.offset = line.offset;
    view.line = line.line;
    for (const uint32_t consumer : line.wanted) {
      MatchSignature(consumer, view);
    }
  }
  header_ = std::move(header);
  time_ = time;
  time_has_year_ = has_year;
  time_settled_ = settled;
  run_ = run;
  gap_ = gap;
}

void FileScanner::CloseAll() {
  while (!open_blocks_.empty()) {
    Close(std::min_element(open_blocks_.begin(), open_blocks_.end(),
                           [](const auto& a, const auto& b) {
                             return a.second.sequence < b.second.sequence;
                           }));
  }
  ties_.clear();
}

// ------------------------------------------------------------------ events

vm::Value FileScanner::FieldValue(
    vm::FieldId field, const std::vector<std::string_view>& fields) const {
  const vm::Type type = program_.fields[field.index()].type;
  const std::string_view text = fields[field.index()];
  if (text.data() == nullptr) {
    vm::Value absent;
    absent.type = type;
    return absent;
  }
  return vm::ParseValue(type, text);
}

bool FileScanner::ReadsSource(const vm::Signature& signature) const {
  return signature.in_sources.empty() ||
         std::find(signature.in_sources.begin(), signature.in_sources.end(),
                   source_id_) != signature.in_sources.end();
}

// The values of subjects_ and terms_, to slots_.
void FileScanner::TakeSlots(const vm::Signature& signature,
                            const std::vector<std::string_view>& fields) {
  slots_.clear();
  for (const vm::Slot& slot : signature.slots) {
    slots_.push_back(slot.derived.has_value()
                         ? MatchValue(engine_, slot.derived->term,
                                      slots_[slot.derived->base], scratch_)
                     : slot.field.valid()
                         ? FieldValue(slot.field, fields)
                         : CaptureValue(slot, subjects_, terms_));
  }
}

void FileScanner::MatchSignature(uint32_t consumer, const View& view) {
  const uint32_t index = engine_.consumers()[consumer].index;
  const vm::Signature& signature = program_.signatures[index];
  if (!signature.in_blocks.empty()) {
    return;
  }
  if (!ReadsSource(signature)) {
    return;
  }
  subjects_.assign(1, Subject{header_.message, view.flags});
  const auto at =
      Evaluate(engine_, signature.pattern, subjects_, scratch_, &terms_);
  if (!at.has_value()) {
    return;
  }
  TakeSlots(signature, header_.fields);
  if (signature.where.valid() && !engine_.Test(signature.where, slots_)) {
    return;
  }
  SettleTime();
  long_done_[consumer] = view.long_line;
  const auto flags =
      static_cast<uint16_t>(view.long_line ? Flag::kLongLine : 0);
  Emit(vm::EventId(index),
       {view.line, view.offset, time_, time_has_year_, view.text, run_, flags,
        header_.decoded
            ? 0
            : static_cast<size_t>(header_.message.data() - view.text.data()) +
                  at->begin,
        chain_, link_, gap_},
       header_.fields);
}

void FileScanner::MatchBlockSignature(uint32_t index, const OpenBlock& block) {
  const vm::Signature& signature = program_.signatures[index];
  if (!ReadsSource(signature)) {
    return;
  }
  subjects_.clear();
  for (const BlockLine& line : block.lines) {
    subjects_.push_back(
        {std::string_view(line.text).substr(line.message), kWhole});
  }
  const auto at =
      Evaluate(engine_, signature.pattern, subjects_, scratch_, &terms_);
  if (!at.has_value()) {
    return;
  }
  const std::vector<std::string_view> fields = Views(block.fields);
  TakeSlots(signature, fields);
  if (signature.where.valid() && !engine_.Test(signature.where, slots_)) {
    return;
  }
  const BlockLine& line = block.lines[at->subject];
  const auto flags = static_cast<uint16_t>(
      (block.mixed ? Flag::kMixed : 0) |
      (block.finished && !block.truncated ? 0 : Flag::kUnfinished));
  Emit(vm::EventId(index),
       {line.line, line.offset, line.time, line.has_year, line.text, block.run,
        flags, line.message + at->begin, block.chain, block.link, line.gap},
       fields);
}

void FileScanner::EmitBlockEvent(const OpenBlock& block) {
  const vm::Block& shape = program_.blocks[block.block.index()];
  const BlockLine& first = block.lines.front();
  const BlockLine& last = block.lines.back();
  subjects_.clear();
  subjects_.push_back(
      {std::string_view(first.text).substr(first.message), kWhole});
  subjects_.push_back(
      {std::string_view(last.text).substr(last.message), kWhole});
  // The terms of `open`, then those of each `close`.
  std::vector<TermMatch> all;
  const auto add = [&](const vm::Pattern& pattern, size_t subject) {
    Evaluate(engine_, pattern, {&subjects_[subject], 1}, scratch_, &terms_);
    for (TermMatch& term : terms_) {
      term.subject = subject;
      all.push_back(std::move(term));
    }
  };
  add(shape.open, 0);
  for (const vm::Pattern& close : shape.closes) {
    add(close, 1);
  }
  slots_.clear();
  for (const vm::Slot& slot : shape.slots) {
    slots_.push_back(CaptureValue(slot, subjects_, all));
  }
  const auto flags =
      static_cast<uint16_t>((block.mixed ? Flag::kMixed : 0) |
                            (block.finished ? 0 : Flag::kUnfinished));
  Emit(program_.block_event(block.block),
       {last.line, last.offset, last.time, last.has_year, last.text, block.run,
        flags, 0, block.chain, block.link, last.gap},
       Views(block.fields));
}

void FileScanner::Emit(vm::EventId type, const Where& where,
                       const std::vector<std::string_view>& fields) {
  if (result_.events.size() >= kMaxEvents) {
    ++result_.dropped_events;
    return;
  }
  Arena& arena = *result_.arena;
  const auto keep = [&](vm::Value value) {
    value.text = arena.Copy(value.text.substr(0, kValueText));
    return value;
  };
  Event event;
  event.type = type;
  event.file = file_index_;
  event.run = where.run;
  event.line = where.line;
  event.offset = where.offset;
  event.time = where.time;
  event.has_year = where.has_year;
  event.flags = where.flags;
  event.gap = where.gap;
  event.chain = where.chain;
  event.link = where.link;
  const size_t from = QuotationBegin(where.text, where.match);
  event.text = arena.Copy(where.text.substr(from, kEventText));
  event.match = static_cast<uint32_t>(where.match - from);
  const std::span<vm::Value> slots = arena.Array<vm::Value>(slots_.size());
  std::transform(slots_.begin(), slots_.end(), slots.begin(), keep);
  event.slots = slots;
  const std::vector<vm::FieldId>& key_fields = engine_.key_fields();
  const std::span<vm::Value> keys = arena.Array<vm::Value>(key_fields.size());
  for (size_t k = 0; k < keys.size(); ++k) {
    keys[k] = keep(FieldValue(key_fields[k], fields));
  }
  event.keys = keys;
  (type.valid() ? result_.events : result_.census).push_back(event);
}

}  // namespace telltale::scan
