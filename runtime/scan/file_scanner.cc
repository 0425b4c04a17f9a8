#include "runtime/scan/file_scanner.h"

#include <algorithm>

#include "runtime/input/lines.h"
#include "runtime/scan/limits.h"

namespace telltale::scan {

namespace {

constexpr char kEscape = '\x1b';

}  // namespace

FileScanner::FileScanner(const Engine& engine, Scratch* scratch,
                         std::string name, uint32_t file_index,
                         vm::SourceId forced)
    : engine_(engine),
      program_(engine.program()),
      scratch_(scratch),
      forced_(forced),
      file_index_(file_index),
      wanted_epoch_(engine.consumers().size(), 0),
      long_done_(engine.consumers().size(), false) {
  result_.name = std::move(name);
}

// ------------------------------------------------------------------ chunks

void FileScanner::Chunk(std::string_view bytes) {
  result_.bytes += bytes.size();
  if (!source_chosen_) {
    carry_.append(bytes);
    const auto records = input::CountNewlines(
        std::string_view(carry_).substr(0, kSourceSampleBytes));
    if (carry_.size() < kSourceSampleBytes && records < kSourceSampleRecords) {
      return;
    }
    ChooseSource(carry_);
    bytes = {};
  }
  if (!carry_.empty()) {
    // Complete the carried record first, so that the rest need not be copied.
    const size_t newline = bytes.find('\n');
    const size_t take =
        newline == std::string_view::npos ? bytes.size() : newline + 1;
    carry_.append(bytes.substr(0, take));
    bytes.remove_prefix(take);
    carry_.erase(0, Process(carry_, false));
    if (!carry_.empty()) {
      carry_.append(bytes);
      return;
    }
  }
  if (!bytes.empty()) {
    carry_.assign(bytes.substr(Process(bytes, false)));
  }
}

void FileScanner::SearchedChunk(std::string_view bytes,
                                std::span<const Prefilter::Hit> hits) {
  if (!source_chosen_ || !carry_.empty() || in_long_) {
    Chunk(bytes);  // begins inside a record
    return;
  }
  result_.bytes += bytes.size();
  ScanSegment(bytes, hits);
  base_ += bytes.size();
}

FileScan FileScanner::Finish() {
  if (!source_chosen_) {
    ChooseSource(carry_);
  }
  result_.complete_last_line = carry_.empty() || carry_.back() == '\n';
  // Without a record's end in it, a carry can hold several records.
  while (!carry_.empty()) {
    carry_.erase(0, Process(carry_, true));
  }
  if (in_long_) {
    in_long_ = false;
  }
  CloseAll();
  result_.lines = line_ - 1 + (result_.complete_last_line ? 0 : 1);
  result_.runs = run_ + 1;
  last_.time = time_;
  last_.has_year = time_has_year_;
  result_.ends.push_back(std::move(last_));
  for (Event& event : result_.events) {
    event.links = event.chain == 0 ? 0 : links_[event.chain - 1];
  }
  std::sort(result_.events.begin(), result_.events.end(),
            [](const Event& a, const Event& b) {
              return a.offset != b.offset ? a.offset < b.offset
                                          : a.type < b.type;
            });
  return std::move(result_);
}

void FileScanner::ChooseSource(std::string_view head) {
  source_chosen_ = true;
  head = head.substr(0, kSourceSampleBytes);
  source_id_ = scan::ChooseSource(engine_, result_.name, head, forced_,
                                  scratch_, &file_fields_);
  if (source_id_.valid()) {
    source_ = &program_.sources[source_id_.index()];
    result_.source = source_->name;
    result_.skew = source_->skew;
    for (const vm::FieldId field : engine_.census()) {
      if (std::find(source_->keys.begin(), source_->keys.end(), field) !=
          source_->keys.end()) {
        census_.push_back(field);
      }
    }
    counted_.resize(census_.size());
    FindBeginTime(head);
  }
}

void FileScanner::FindBeginTime(std::string_view head) {
  RecordCursor cursor(head);
  Record record;
  for (size_t n = 0; n < kSourceSampleRecords && cursor.Next(&record); ++n) {
    std::string_view text =
        head.substr(record.begin, record.end - record.begin);
    if (input::StripEscapes(text, stripped_)) {
      text = stripped_;
    }
    ParseHeader(engine_, source_, text, file_fields_, scratch_, &header_);
    if (ReadTime(header_)) {
      result_.begin_time = time_has_year_ ? time_ : kNoTime;
      break;
    }
  }
  time_ = kNoTime;
}

size_t FileScanner::Process(std::string_view text, bool final) {
  size_t done = 0;
  while (done < text.size()) {
    std::string_view rest = text.substr(done);
    if (in_long_) {
      const size_t used = ContinueLong(rest, final);
      done += used;
      base_ += used;
      if (in_long_) {
        return done;
      }
      continue;
    }
    size_t end = rest.size();
    if (!final) {
      const size_t newline = rest.rfind('\n');
      end = newline == std::string_view::npos ? 0 : newline + 1;
      if (end == 0 && rest.size() > kWindow + 1) {
        // No line end in sight: take what ends at an \r, or go window by
        // window.
        const size_t cr = rest.substr(0, rest.size() - 1).rfind('\r');
        if (cr == std::string_view::npos) {
          BeginLong(base_);
          continue;
        }
        end = cr + 1;
      }
    }
    if (end == 0) {
      return done;
    }
    Segment(rest.substr(0, end));
    done += end;
    base_ += end;
  }
  return done;
}

// ---------------------------------------------------------------- segments

void FileScanner::Segment(std::string_view text) {
  std::vector<Prefilter::Hit>& hits = scratch_->hits;
  hits.clear();
  engine_.prefilter().Find(text, engine_.isa(), &hits);
  ScanSegment(text, hits);
}

void FileScanner::ScanSegment(std::string_view text,
                              std::span<const Prefilter::Hit> hits) {
  segment_ = text;
  line_position_ = 0;
  time_from_ = 0;
  size_t hit = 0;
  size_t escape = NextMark(text, 0);
  size_t at = 0;
  while (at < text.size()) {
    while (hit < hits.size() && hits[hit].position < at) {
      ++hit;
    }
    if (escape < at) {
      escape = NextMark(text, at);
    }
    size_t begin = at;
    if (!Sequential()) {
      const size_t next =
          std::min(hit < hits.size() ? hits[hit].position : text.size(),
                   escape == std::string_view::npos ? text.size() : escape);
      if (next == text.size()) {
        break;
      }
      begin = RecordBegin(text, at, next);
    }
    const Record record = RecordAt(text, begin);
    size_t last = hit;
    while (last < hits.size() && hits[last].position < record.end) {
      ++last;
    }
    ++epoch_;
    wanted_.clear();
    const bool has_escape = escape >= record.begin && escape < record.end;
    if (!has_escape) {
      CollectConsumers(hits.subspan(hit, last - hit));
    }
    AdvanceLine(record.begin);
    ScanRecord(record, has_escape);
    at = record.next;
    hit = last;
  }
  AdvanceLine(text.size());
  LookBack(text.size());

  NoteLast(text.size());
}

// Remembers the last record of the segment before `end` that is not empty.
void FileScanner::NoteLast(size_t end) {
  const std::string_view text = segment_;
  while (end > 0) {
    size_t before = end - 1;
    if (text[before] == '\n' && before > 0 && text[before - 1] == '\r') {
      --before;
    }
    const bool terminated = text[end - 1] == '\n' || text[end - 1] == '\r';
    const size_t stop = terminated ? before : end;
    const size_t begin = RecordBegin(text, 0, stop == 0 ? 0 : stop);
    const std::string_view record = text.substr(begin, stop - begin);
    if (record.find_first_not_of(" \t") != std::string_view::npos) {
      last_.offset = base_ + begin;
      last_.text = std::string(record.substr(0, kEventText));
      last_.line = LineOf(begin);
      return;
    }
    end = begin;
  }
}

// The line number of a place in the segment that lies not after
// line_position_.
uint64_t FileScanner::LineOf(size_t position) const {
  return line_ - input::CountNewlines(
                     segment_.substr(position, line_position_ - position));
}

// The next byte from `at` on that makes the text of its record another than its
// bytes: an escape code, or in JSON a backslash.
size_t FileScanner::NextMark(std::string_view text, size_t at) const {
  const bool json = source_ != nullptr && !source_->json.empty();
  return json ? text.find_first_of("\x1b\\", at) : text.find(kEscape, at);
}

void FileScanner::AdvanceLine(size_t position) {
  line_ += input::CountNewlines(
      segment_.substr(line_position_, position - line_position_));
  line_position_ = position;
}

void FileScanner::CollectConsumers(std::span<const Prefilter::Hit> hits) {
  for (const Prefilter::Hit& hit : hits) {
    for (const uint32_t consumer : engine_.waiting(hit.phrase)) {
      if (wanted_epoch_[consumer] != epoch_) {
        wanted_epoch_[consumer] = epoch_;
        wanted_.push_back(consumer);
      }
    }
  }
}

void FileScanner::ScanRecord(const Record& record, bool has_escape) {
  View view;
  view.raw = segment_.substr(record.begin, record.end - record.begin);
  view.offset = base_ + record.begin;
  view.line = line_;
  if (view.raw.size() > kWindow) {
    LookBack(record.begin);
    BeginLong(view.offset);
    size_t at = record.begin;
    while (true) {
      const std::string_view rest = segment_.substr(at, record.end - at);
      if (rest.size() <= kWindow) {
        Window(rest, true);
        break;
      }
      Window(rest.substr(0, kWindow), false);
      at += kWindowStep;
    }
    in_long_ = false;
    time_from_ = record.next;
    return;
  }
  view.text = view.raw;
  if (has_escape) {
    if (input::StripEscapes(view.raw, stripped_)) {
      view.text = stripped_;
    }
    std::vector<Prefilter::Hit>& hits = scratch_->line_hits;
    hits.clear();
    engine_.prefilter().Find(view.text, engine_.isa(), &hits);
    CollectConsumers(hits);
  }
  const bool may_be_json =
      has_escape && source_ != nullptr && !source_->json.empty();
  if (wanted_.empty() && !Sequential() && !may_be_json) {
    return;
  }
  record_begin_ = record.begin;
  record_next_ = record.next;
  if (MayBeginRun()) {
    LookBack(record.begin);
    last_.time = time_;
    last_.has_year = time_has_year_;
  }
  ParseHeader(engine_, source_, view.text, file_fields_, scratch_, &header_);
  if (may_be_json && header_.decoded) {
    std::vector<Prefilter::Hit>& hits = scratch_->line_hits;
    hits.clear();
    engine_.prefilter().Find(header_.message, engine_.isa(), &hits);
    CollectConsumers(hits);
  }
  time_settled_ = false;
  Match(view);
  time_settled_ = true;
}

bool FileScanner::MayBeginRun() const {
  const auto is_run = [&](uint32_t consumer) {
    return engine_.consumers()[consumer].kind == Consumer::Kind::Run;
  };
  return std::any_of(wanted_.begin(), wanted_.end(), is_run) ||
         std::any_of(engine_.always().begin(), engine_.always().end(), is_run);
}

// -------------------------------------------------------------------- time

bool FileScanner::ReadTime(const Header& header) {
  if (source_ == nullptr || !source_->clock.valid() ||
      !header.has(source_->clock)) {
    return false;
  }
  const std::string_view text = header.fields[source_->clock.index()];
  const auto stamp = vm::ParseTime(text);
  if (!stamp.has_value() || !stamp->has_date) {
    return false;
  }
  time_ = stamp->nanoseconds;
  time_has_year_ = stamp->has_year;
  return true;
}

// `header_` is the record's.
void FileScanner::SettleTime() {
  if (time_settled_) {
    return;
  }
  time_settled_ = true;
  if (source_ == nullptr || !source_->clock.valid()) {
    return;
  }
  if (!ReadTime(header_)) {
    LookBack(record_begin_);
  }
  time_from_ = record_next_;
}

// Finds the last stamp of the records in [time_from_, begin). No record is
// looked back at twice.
void FileScanner::LookBack(size_t begin) {
  if (source_ == nullptr || !source_->clock.valid()) {
    return;
  }
  size_t end = begin;
  Header header;
  std::string stripped;
  while (end > time_from_) {
    size_t stop = end;
    if (segment_[stop - 1] == '\n' || segment_[stop - 1] == '\r') {
      --stop;
      if (segment_[stop] == '\n' && stop > time_from_ &&
          segment_[stop - 1] == '\r') {
        --stop;
      }
    }
    const size_t start = RecordBegin(segment_, time_from_, stop);
    std::string_view text =
        segment_.substr(start, std::min(stop - start, kWindow));
    if (input::StripEscapes(text, stripped)) {
      text = stripped;
    }
    ParseHeader(engine_, source_, text, file_fields_, scratch_, &header);
    if (ReadTime(header)) {
      break;
    }
    end = start;
  }
  time_from_ = begin;
}

// ------------------------------------------------------------ long records

void FileScanner::BeginLong(uint64_t offset) {
  in_long_ = true;
  long_first_ = true;
  long_offset_ = offset;
  std::fill(long_done_.begin(), long_done_.end(), false);
}

size_t FileScanner::ContinueLong(std::string_view text, bool final) {
  size_t at = 0;
  while (true) {
    const std::string_view rest = text.substr(at);
    Record record = RecordAt(rest.substr(0, kWindow + 1), 0);
    const bool at_edge =
        record.end >= std::min(rest.size(), kWindow + 1) ||
        (rest[record.end] == '\r' && record.end + 1 == rest.size() && !final);
    if (!at_edge || (final && rest.size() <= kWindow)) {
      Window(rest.substr(0, record.end), true);
      in_long_ = false;
      // The line number moves on when the terminator is a \n.
      last_.offset = long_offset_;
      last_.line = line_;
      record = RecordAt(rest, 0);
      line_ += input::CountNewlines(
          rest.substr(record.end, record.next - record.end));
      return at + record.next;
    }
    if (!final && rest.size() <= kWindow + 1) {
      return at;
    }
    Window(rest.substr(0, kWindow), false);
    at += kWindowStep;
  }
}

void FileScanner::Window(std::string_view text, bool last) {
  View view;
  view.raw = text;
  view.text = text;
  view.offset = long_offset_;
  view.line = line_;
  view.long_line = true;
  view.first_window = long_first_;
  view.flags = (long_first_ ? TT_AT_START : 0u) | (last ? TT_AT_END : 0u);
  if (input::StripEscapes(text, stripped_)) {
    view.text = stripped_;
  }
  if (long_first_) {
    ParseHeader(engine_, source_, view.text, file_fields_, scratch_, &header_);
    ReadTime(header_);
  } else {
    header_.message = view.text;
  }
  std::vector<Prefilter::Hit>& hits = scratch_->line_hits;
  hits.clear();
  engine_.prefilter().Find(view.text, engine_.isa(), &hits);
  ++epoch_;
  wanted_.clear();
  CollectConsumers(hits);
  Match(view);
  if (long_first_) {
    last_.text = std::string(text.substr(0, kEventText));
  }
  long_first_ = false;
}

// ------------------------------------------------------------------ match

void FileScanner::Match(const View& view) {
  if (source_ != nullptr && view.first_window &&
      IsDropped(engine_, *source_, header_.message, scratch_)) {
    return;
  }
  for (const uint32_t consumer : engine_.always()) {
    if (wanted_epoch_[consumer] != epoch_) {
      wanted_epoch_[consumer] = epoch_;
      wanted_.push_back(consumer);
    }
  }
  // In the order of the program, whichever phrase was met first.
  std::sort(wanted_.begin(), wanted_.end());
  for (const uint32_t consumer : wanted_) {
    if (engine_.consumers()[consumer].kind == Consumer::Kind::Run) {
      CheckRun(consumer);
    }
  }
  if (view.first_window && !census_.empty()) {
    TakeCensus(view);
  }
  if (view.first_window && engine_.wants_gap()) {
    TakeGap();
  }
  if (FeedBlocks(view)) {
    return;
  }
  for (const uint32_t consumer : wanted_) {
    if (engine_.consumers()[consumer].kind == Consumer::Kind::Signature &&
        !(view.long_line && long_done_[consumer])) {
      MatchSignature(consumer, view);
    }
  }
}

void FileScanner::CheckRun(uint32_t consumer) {
  const Consumer& run = engine_.consumers()[consumer];
  if (!source_id_.valid() || run.index != source_id_.index()) {
    return;
  }
  if (Matches(engine_, source_->runs[run.pattern].pattern, header_.message,
              scratch_)) {
    CloseAll();
    // Before anything was found there is no attempt to end.
    if (!result_.events.empty()) {
      if (!in_long_) {
        NoteLast(record_begin_);
      }
      result_.ends.push_back(last_);
      ++run_;
      for (auto& counted : counted_) {
        counted.clear();
      }
      previous_ = kNoTime;
    }
  }
}

void FileScanner::TakeGap() {
  SettleTime();
  const bool known = time_ != kNoTime && previous_ != kNoTime;
  // Without a year December comes after January.
  gap_ = known && time_ >= previous_ ? time_ - previous_ : kNoTime;
  previous_ = time_;
}

// Says once an attempt that a value is there.
void FileScanner::TakeCensus(const View& view) {
  bool fresh = false;
  uint16_t flags = 0;
  for (size_t k = 0; k < census_.size(); ++k) {
    const std::string_view value = header_.fields[census_[k].index()];
    const uint32_t capacity = program_.fields[census_[k].index()].capacity;
    if (value.data() == nullptr || counted_[k].size() > capacity ||
        counted_[k].find(value) != counted_[k].end()) {
      continue;
    }
    if (counted_[k].size() == capacity) {
      flags = Flag::kEvicted;
    }
    counted_[k].emplace(value);
    fresh = true;
  }
  if (fresh) {
    SettleTime();
    slots_.clear();
    Emit(vm::EventId(),
         {view.line, view.offset, time_, time_has_year_, {}, run_, flags},
         header_.fields);
  }
}

}  // namespace telltale::scan
