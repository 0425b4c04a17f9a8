// FileScanner: turns the bytes of one file into events. Feed it chunks of any
// size; the result depends on the bytes alone.
//
// The prefilter runs over whole stretches of complete records; only records
// that hold a phrase are cut out, parsed and matched. While a block is open (or
// a signature has no usable literal) every record is looked at.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/scan/blocks.h"
#include "runtime/scan/engine.h"
#include "runtime/scan/evaluate.h"
#include "runtime/scan/event.h"
#include "runtime/scan/header.h"
#include "runtime/scan/records.h"

namespace telltale::scan {

class FileScanner {
 public:
  // `forced`: the source that reads the file, whatever it looks like; invalid:
  // choose. All referenced objects outlive the scanner.
  FileScanner(const Engine& engine, Scratch* scratch, std::string name,
              uint32_t file_index, vm::SourceId forced);

  // Keeps the blocks that hold a record of this line, once they have ended. To
  // be called before the first Chunk.
  void Watch(uint64_t line) { watched_line_ = line; }
  [[nodiscard]] const std::vector<OpenBlock>& watched() const {
    return watched_;
  }

  void Chunk(std::string_view bytes);
  // The same for bytes that end a line, where `hits` is what the engine's
  // prefilter finds in them.
  void SearchedChunk(std::string_view bytes,
                     std::span<const Prefilter::Hit> hits);

  // Call once, at the end of the input.
  FileScan Finish();

 private:
  // A record (or a window of a long one) ready to be matched.
  struct View {
    std::string_view raw;   // as it stands in the file
    std::string_view text;  // without escapes
    uint64_t offset = 0;
    uint64_t line = 0;
    uint32_t flags = TT_AT_START | TT_AT_END;
    bool first_window = true;
    bool long_line = false;
  };

  void ChooseSource(std::string_view head);
  void FindBeginTime(std::string_view head);
  // Processes the complete records at the front of `text`; returns how many
  // bytes are done with. `final`: nothing follows.
  size_t Process(std::string_view text, bool final);
  // Searches complete records, and scans them.
  void Segment(std::string_view text);
  void ScanSegment(std::string_view text, std::span<const Prefilter::Hit> hits);
  void ScanRecord(const Record& record, bool has_escape);
  void Match(const View& view);

  // Records over the window size.
  void BeginLong(uint64_t offset);
  size_t ContinueLong(std::string_view text, bool final);
  void Window(std::string_view text, bool last);

  void CollectConsumers(std::span<const Prefilter::Hit> hits);
  bool Sequential() const {
    return !open_blocks_.empty() || !ties_.empty() ||
           !engine_.always().empty() || !census_.empty() || engine_.wants_gap();
  }
  size_t NextMark(std::string_view text, size_t at) const;
  void AdvanceLine(size_t position);
  uint64_t LineOf(size_t position) const;
  void NoteLast(size_t end);
  bool MayBeginRun() const;

  // The time of the record at hand, if it is not known yet. Most records that
  // are looked at give no event, and nobody asks for theirs.
  void SettleTime();
  void LookBack(size_t begin);
  bool ReadTime(const Header& header);

  std::string KeyOfRecord() const;
  void CheckRun(uint32_t consumer);
  void TakeCensus(const View& view);
  void TakeGap();
  // True: the record is a quiet block's, and nobody else's.
  bool FeedBlocks(const View& view);
  bool FeedOpenBlock(const View& view,
                     std::map<std::string, OpenBlock>::iterator at);
  void FeedTies(const View& view, const std::string& key);
  bool AddLine(OpenBlock* block, const View& view);
  void Open(vm::BlockId block, const std::string& key, const View& view);
  void Close(std::map<std::string, OpenBlock>::iterator at);
  void GiveBack(const OpenBlock& block);
  void CloseAll();

  bool ReadsSource(const vm::Signature& signature) const;
  void TakeSlots(const vm::Signature& signature,
                 const std::vector<std::string_view>& fields);
  void MatchSignature(uint32_t index, const View& view);
  void MatchBlockSignature(uint32_t index, const OpenBlock& block);
  void EmitBlockEvent(const OpenBlock& block);
  struct Where {  // the record an event is at
    uint64_t line = 0;
    uint64_t offset = 0;
    int64_t time = kNoTime;
    bool has_year = true;
    std::string_view text;
    uint32_t run = 0;
    uint16_t flags = 0;
    size_t match = 0;  // in text: where the match begins
    uint32_t chain = 0;
    uint32_t link = 0;
    int64_t gap = kNoTime;
  };
  vm::Value FieldValue(vm::FieldId field,
                       const std::vector<std::string_view>& fields) const;
  // Takes the values in slots_. An invalid type: for the census.
  void Emit(vm::EventId type, const Where& where,
            const std::vector<std::string_view>& fields);

  const Engine& engine_;
  const vm::Program& program_;
  Scratch* scratch_;
  vm::SourceId forced_;
  FileScan result_;
  uint32_t file_index_;

  const vm::Source* source_ = nullptr;
  vm::SourceId source_id_;
  std::vector<std::string> file_fields_;
  std::vector<vm::FieldId> census_;  // of the source's keys
  std::vector<std::set<std::string, std::less<>>> counted_;  // parallel to it
  bool found_ = false;                                       // anything yet
  bool source_chosen_ = false;

  std::string carry_;  // the bytes that are not done with
  uint64_t base_ = 0;  // file offset of the text at hand

  // The segment at hand.
  std::string_view segment_;
  size_t line_position_ = 0;  // newlines before it are counted
  uint64_t line_ = 1;         // line number at line_position_
  size_t time_from_ = 0;      // stamps before it are known

  int64_t time_ = kNoTime;  // of the last stamped record
  bool time_has_year_ = true;
  uint32_t run_ = 0;
  RunEnd last_;  // the last record that is not empty, so far

  // The record at hand.
  size_t record_begin_ = 0;  // in the segment
  size_t record_next_ = 0;
  bool time_settled_ = true;  // is time_ that of this record?
  Header header_;
  std::string stripped_;
  std::vector<uint32_t> wanted_;  // consumers, ascending
  std::vector<uint64_t>
      wanted_epoch_;  // per consumer: the record that wants it
  uint64_t epoch_ = 0;

  // The long record at hand.
  bool in_long_ = false;
  uint64_t long_offset_ = 0;
  bool long_first_ = true;
  std::vector<bool> long_done_;  // per consumer: found in an earlier window

  std::map<std::string, OpenBlock> open_blocks_;
  uint64_t block_sequence_ = 0;
  std::map<std::string, Tie> ties_;  // per key
  uint32_t chain_ = 0;  // of the block that holds the record at hand
  uint32_t link_ = 0;
  std::vector<uint32_t> links_;  // per chain

  uint64_t watched_line_ = 0;  // 0: none
  std::vector<OpenBlock> watched_;

  std::vector<TermMatch> terms_;
  std::vector<Subject> subjects_;
  std::vector<vm::Value> slots_;
  int64_t gap_ = kNoTime;       // before the record at hand
  int64_t previous_ = kNoTime;  // the time of the record before it
};

}  // namespace telltale::scan
