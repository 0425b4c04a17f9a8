#include "compiler/driver/explain_line.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "compiler/driver/progress_of.h"
#include "compiler/driver/rivalry.h"
#include "compiler/driver/tiers.h"
#include "compiler/plan/dump.h"
#include "runtime/input/lines.h"
#include "runtime/input/read.h"
#include "runtime/scan/evaluate.h"
#include "runtime/scan/file_scanner.h"
#include "runtime/scan/limits.h"
#include "runtime/scan/records.h"
#include "runtime/verdict/correlate.h"
#include "runtime/verdict/rule_state.h"
#include "runtime/verdict/verdict.h"

namespace telltale::driver {

namespace {

// Scans the first file of an input and keeps one of its lines.
class Reader : public input::FileVisitor {
 public:
  Reader(const scan::Engine& engine, scan::Scratch* scratch,
         vm::SourceId source, uint64_t line)
      : engine_(engine), scratch_(*scratch), source_(source), wanted_(line) {}

  void BeginFile(const std::string& name) override {
    if (++files_ == 1) {
      name_ = name;
      scanner_.emplace(engine_, &scratch_, name, 0, source_);
      scanner_->Watch(wanted_);
    }
  }
  bool Chunk(std::string_view bytes) override {
    if (files_ != 1) {
      return false;
    }
    scanner_->Chunk(bytes);
    head_ +=
        bytes.substr(0, scan::kSourceSampleBytes -
                            std::min(head_.size(), scan::kSourceSampleBytes));
    while (!bytes.empty()) {
      const size_t end = bytes.find('\n');
      const size_t take =
          end == std::string_view::npos ? bytes.size() : end + 1;
      if (line_ == wanted_) {
        offset_ = found_ ? offset_ : at_;
        found_ = true;
        text_ += bytes.substr(0, end == std::string_view::npos ? take : end);
      }
      at_ += take;
      line_ += end == std::string_view::npos ? 0u : 1u;
      bytes.remove_prefix(take);
    }
    return true;
  }
  void EndFile() override {
    if (files_ == 1 && !scan_.has_value()) {
      scan_ = scanner_->Finish();
      watched_ = scanner_->watched();
    }
  }
  void Skip(input::Gap gap) override { gap_ = std::move(gap.reason); }

  [[nodiscard]] bool found() const { return found_ && scan_.has_value(); }
  [[nodiscard]] const std::string& gap() const { return gap_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] const std::string& head() const { return head_; }
  [[nodiscard]] uint64_t offset() const { return offset_; }
  [[nodiscard]] const std::vector<scan::OpenBlock>& watched() const {
    return watched_;
  }
  scan::FileScan TakeScan() { return std::move(*scan_); }

 private:
  const scan::Engine& engine_;
  scan::Scratch& scratch_;
  vm::SourceId source_;
  uint64_t wanted_;
  size_t files_ = 0;
  std::string name_;
  std::optional<scan::FileScanner> scanner_;
  std::optional<scan::FileScan> scan_;
  std::vector<scan::OpenBlock> watched_;
  uint64_t line_ = 1;
  uint64_t at_ = 0;
  uint64_t offset_ = 0;
  bool found_ = false;
  std::string text_;
  std::string head_;
  std::string gap_;
};

NamedTexts ValuesOf(const std::vector<vm::Slot>& slots,
                    std::span<const vm::Value> values) {
  NamedTexts out;
  for (size_t k = 0; k < slots.size() && k < values.size(); ++k) {
    if (!slots[k].derived.has_value()) {
      out.emplace_back(slots[k].name,
                       values[k].present ? vm::ToText(values[k]) : "(absent)");
    }
  }
  return out;
}

class LineExplainer {
 public:
  LineExplainer(const Compilation& compilation, const scan::Engine& engine,
                scan::Scratch* scratch, const LineQuery& query, Reader* reader)
      : compilation_(compilation),
        module_(compilation.module),
        program_(compilation.program),
        engine_(engine),
        scratch_(*scratch),
        query_(query),
        reader_(*reader) {}

  LineReport Run(vm::SourceId forced) {
    report_.file = reader_.name();
    report_.line = query_.line;
    source_ = scan::ChooseSource(engine_, reader_.name(), reader_.head(),
                                 forced, &scratch_, &file_fields_);
    report_.source =
        source_.valid() ? program_.sources[source_.index()].name : "";
    files_.push_back(reader_.TakeScan());
    timeline_ = verdict::MergeFiles(&files_, query_.default_year);
    verdict::Correlate(engine_, &timeline_);
    verdict_ = verdict::Judge(engine_, timeline_);
    ChooseRecord();
    ReadRecord();
    AddBlock();
    AddEvents();
    AddMisses();
    AddRule();
    return std::move(report_);
  }

 private:
  const vm::Source* Source() const {
    return source_.valid() ? &program_.sources[source_.index()] : nullptr;
  }

  // Of the records on the line (progress bars): the last one with an event,
  // else the last that is not blank.
  void ChooseRecord() {
    const std::string& text = reader_.text();
    scan::RecordCursor cursor(text);
    scan::Record record;
    size_t number = 0;
    bool with_event = false;
    while (cursor.Next(&record)) {
      ++number;
      const std::string_view bytes = std::string_view(text).substr(
          record.begin, record.end - record.begin);
      const bool has_event = HasEvent(reader_.offset() + record.begin);
      if (number == 1 || has_event || (!with_event && !scan::IsBlank(bytes))) {
        report_.record = number;
        offset_ = reader_.offset() + record.begin;
        raw_ = bytes;
        with_event = with_event || has_event;
      }
    }
    report_.records = std::max<size_t>(number, 1);
  }

  bool HasEvent(uint64_t offset) const {
    return std::any_of(
        files_[0].events.begin(), files_[0].events.end(),
        [&](const scan::Event& event) { return event.offset == offset; });
  }

  void ReadRecord() {
    // Of a longer one, the first window.
    raw_ = raw_.substr(0, scan::kWindow);
    if (!input::StripEscapes(raw_, plain_)) {
      plain_ = std::string(raw_);
    }
    report_.text = plain_;
    scan::ParseHeader(engine_, Source(), plain_, file_fields_, &scratch_,
                      &header_);
    report_.message = std::string(header_.message);
    for (size_t k = 0; k < header_.fields.size(); ++k) {
      if (header_.fields[k].data() != nullptr) {
        report_.fields.emplace_back(program_.fields[k].name,
                                    std::string(header_.fields[k]));
      }
    }
    report_.dropped =
        Source() != nullptr &&
        scan::IsDropped(engine_, *Source(), header_.message, &scratch_);
  }

  void AddBlock() {
    if (reader_.watched().empty()) {
      return;
    }
    block_ = &reader_.watched().back();
    const vm::Block& shape = program_.blocks[block_->block.index()];
    report_.block = LineBlock{shape.name,
                              block_->lines.front().line,
                              block_->lines.back().line,
                              block_->finished,
                              block_->mixed,
                              shape.quiet};
  }

  // Does the event belong to the record, or to the block that holds it?
  bool IsHere(const scan::Event& event) const {
    if (event.offset == offset_) {
      return true;
    }
    if (block_ == nullptr ||
        std::none_of(block_->lines.begin(), block_->lines.end(),
                     [&](const scan::BlockLine& line) {
                       return line.offset == event.offset;
                     })) {
      return false;
    }
    const bool is_block =
        !program_.is_signature(event.type) && !program_.is_rule(event.type);
    return is_block ||
           (program_.is_signature(event.type) && LooksInto(event.type.index()));
  }

  bool LooksInto(size_t signature) const {
    const std::vector<vm::BlockId>& blocks =
        program_.signatures[signature].in_blocks;
    return block_ != nullptr && std::find(blocks.begin(), blocks.end(),
                                          block_->block) != blocks.end();
  }

  // ---------------------------------------------------------------- events

  void AddEvents() {
    for (size_t k = 0; k < timeline_.occurrences.size(); ++k) {
      const verdict::Occurrence& at = timeline_.occurrences[k];
      const scan::Event& event = *at.event;
      if (!event.type.valid() || !IsHere(event)) {
        continue;
      }
      LineEvent out;
      const bool is_signature = program_.is_signature(event.type);
      out.kind = is_signature                   ? "sig"
                 : program_.is_rule(event.type) ? "rule"
                                                : "block";
      out.name = program_.event_name(event.type);
      out.line = event.line;
      out.column = is_signature && event.text.size() < scan::kEventText
                       ? event.match + 1
                       : 0;
      if (is_signature) {
        matched_.insert(event.type.index());
        out.values = ValuesOf(program_.signatures[event.type.index()].slots,
                              event.slots);
      }
      out.verdict =
          NodesOf(program_, verdict::VerdictOf(engine_, timeline_, at));
      AddFate(k, &out);
      report_.events.push_back(std::move(out));
    }
  }

  void AddFate(size_t index, LineEvent* out) const {
    const verdict::Fate& fate = verdict_.fates[index];
    const verdict::Occurrence& at = timeline_.occurrences[index];
    const auto told_by = [&](uint32_t other) {
      const scan::Event& by = *timeline_.occurrences[other].event;
      out->by = program_.event_name(by.type);
      out->by_line = by.line;
      return by.type;
    };
    const verdict::RunVerdict& run = verdict_.runs[at.run];
    if (fate.beaten_by != verdict::kNoOccurrence) {
      out->fate = "beaten";
      const vm::EventId winner = told_by(fate.beaten_by);
      out->reason = program_.is_rule(winner)
                        ? fmt::format("`{}` says `over {}`", out->by, out->name)
                        : WhyItWins(program_, winner, at.event->type);
    } else if (fate.survived) {
      out->fate = "survived";
    } else if (fate.explained_by != verdict::kNoOccurrence) {
      out->fate = "explained";
      told_by(fate.explained_by);
    } else if (run.root.has_value() && run.root->event == at.event) {
      out->fate = "root";
    } else {
      const vm::Meaning* meaning = program_.meaning(at.event->type);
      out->fate = verdict::VerdictOf(engine_, timeline_, at).is_candidate() &&
                          meaning != nullptr &&
                          meaning->role != vm::Role::Confirm &&
                          meaning->role != vm::Role::Context
                      ? "alternative"
                      : "fact";
    }
  }

  // ---------------------------------------------------------------- misses

  // The texts that a signature sees: the message, or those of the block.
  std::vector<std::string_view> TextsFor(uint32_t signature) const {
    if (program_.signatures[signature].in_blocks.empty()) {
      return {header_.message};
    }
    std::vector<std::string_view> texts;
    for (const scan::BlockLine& line : block_->lines) {
      texts.push_back(std::string_view(line.text).substr(line.message));
    }
    return texts;
  }

  // Signatures of which a phrase stands in the record, or in its block.
  std::set<uint32_t> Announced() {
    std::set<uint32_t> signatures;
    const auto look = [&](std::string_view text, bool of_block) {
      std::vector<scan::Prefilter::Hit> hits;
      engine_.prefilter().Find(text, engine_.isa(), &hits);
      for (const scan::Prefilter::Hit& hit : hits) {
        for (const uint32_t consumer : engine_.waiting(hit.phrase)) {
          const scan::Consumer& who = engine_.consumers()[consumer];
          if (who.kind == scan::Consumer::Kind::Signature &&
              (!of_block || LooksInto(who.index)) &&
              signatures.insert(who.index).second) {
            AddPhrase(who.index, text);
          }
        }
      }
    };
    look(header_.decoded ? header_.message : std::string_view(plain_), false);
    if (block_ != nullptr) {
      for (const scan::BlockLine& line : block_->lines) {
        look(line.text, true);
      }
    }
    return signatures;
  }

  // Which of its phrases it is.
  void AddPhrase(uint32_t signature, std::string_view text) {
    for (const vm::Phrase& phrase :
         program_.signatures[signature].gate.any_of) {
      scan::Prefilter one;
      one.Add(phrase);
      one.Build();
      std::vector<scan::Prefilter::Hit> hits;
      one.Find(text, engine_.isa(), &hits);
      if (!hits.empty()) {
        report_.phrases.emplace_back(
            program_.signatures[signature].meaning.name,
            plan::PhraseText(phrase));
        return;
      }
    }
  }

  void AddMisses() {
    const std::set<uint32_t> announced = Announced();
    for (uint32_t k = 0; k < program_.signatures.size(); ++k) {
      const bool is_subject =
          program_.signatures[k].meaning.name == query_.subject;
      if (matched_.count(k) != 0 || (announced.count(k) == 0 && !is_subject)) {
        continue;
      }
      if (query_.subject.empty() || is_subject) {
        report_.misses.push_back(MissOf(k, announced.count(k) != 0));
      }
    }
  }

  LineMiss MissOf(uint32_t index, bool announced) {
    const vm::Signature& signature = program_.signatures[index];
    LineMiss miss;
    miss.name = signature.meaning.name;
    miss.line = query_.line;
    const auto because = [&](LineMiss::Why why) {
      miss.why = why;
      return miss;
    };
    if (report_.dropped) {
      return because(LineMiss::Why::Dropped);
    }
    if (!signature.in_sources.empty() &&
        std::find(signature.in_sources.begin(), signature.in_sources.end(),
                  source_) == signature.in_sources.end()) {
      return because(LineMiss::Why::Source);
    }
    if (!signature.in_blocks.empty() && !LooksInto(index)) {
      return because(LineMiss::Why::Block);
    }
    AddShortfall(index, &miss);
    if (!miss.expected.empty() || miss.forbidden) {
      // A gate is passed over where the pattern says more.
      return because(announced || !miss.matched.empty() ||
                             signature.gate.any_of.empty()
                         ? LineMiss::Why::Pattern
                         : LineMiss::Why::Phrase);
    }
    AddCondition(index, &miss);
    return because(LineMiss::Why::Where);
  }

  void AddShortfall(uint32_t index, LineMiss* miss) const {
    const hir::Signature& tree = module_.signatures[index];
    const std::vector<std::string_view> texts = TextsFor(index);
    const std::optional<Shortfall> shortfall =
        ShortfallOf(tree.pattern, texts, tree.captures);
    if (!shortfall.has_value()) {
      return;
    }
    constexpr size_t kInstead = 40;
    miss->forbidden = shortfall->forbidden;
    miss->matched = shortfall->matched;
    miss->expected = shortfall->expected;
    const std::string_view text = texts[shortfall->subject];
    miss->instead = std::string(text.substr(shortfall->stop, kInstead));
    size_t before = 0;  // what stands in front of the message
    if (tree.in_blocks.empty()) {
      before =
          header_.decoded
              ? 0
              : static_cast<size_t>(header_.message.data() - plain_.data());
    } else {
      const scan::BlockLine& line = block_->lines[shortfall->subject];
      before = line.message;
      miss->line = line.line;
    }
    miss->begin = static_cast<uint32_t>(before + shortfall->begin + 1);
    miss->stop = static_cast<uint32_t>(before + shortfall->stop + 1);
  }

  // The pattern matches: so the condition is false.
  void AddCondition(uint32_t index, LineMiss* miss) {
    const hir::Signature& tree = module_.signatures[index];
    const vm::Signature& signature = program_.signatures[index];
    std::vector<scan::Subject> subjects;
    for (const std::string_view text : TextsFor(index)) {
      subjects.push_back({text});
    }
    std::vector<scan::TermMatch> terms;
    scan::Evaluate(engine_, signature.pattern, subjects, &scratch_, &terms);
    std::vector<vm::Value> values;
    for (const vm::Slot& slot : signature.slots) {
      values.push_back(ValueOf(slot, subjects, terms, values));
    }
    miss->where =
        tree.where.has_value() ? WrittenAs(compilation_, tree.where->span) : "";
    miss->values = ValuesOf(signature.slots, values);
  }

  vm::Value ValueOf(const vm::Slot& slot,
                    std::span<const scan::Subject> subjects,
                    std::span<const scan::TermMatch> terms,
                    const std::vector<vm::Value>& earlier) {
    if (slot.derived.has_value()) {
      return scan::MatchValue(engine_, slot.derived->term,
                              earlier[slot.derived->base], &scratch_);
    }
    if (!slot.field.valid()) {
      return scan::CaptureValue(slot, subjects, terms);
    }
    vm::Value absent;
    absent.type = slot.type;
    return header_.has(slot.field)
               ? vm::ParseValue(slot.type, header_.fields[slot.field.index()])
               : absent;
  }

  // ----------------------------------------------------------------- rules

  void AddRule() {
    for (size_t r = 0; r < program_.rules.size(); ++r) {
      if (program_.rules[r].meaning.name == query_.subject) {
        AddSteps(r);
        AddProgress(r);
      }
    }
  }

  // Which steps the events of the record could be.
  void AddSteps(size_t r) {
    const vm::Rule& rule = program_.rules[r];
    for (size_t s = 0; s < rule.steps.size(); ++s) {
      const auto fits = [&](const verdict::Occurrence& at) {
        return at.event->type.valid() && IsHere(*at.event) &&
               std::binary_search(rule.steps[s].events.begin(),
                                  rule.steps[s].events.end(), at.event->type);
      };
      if (std::any_of(timeline_.occurrences.begin(),
                      timeline_.occurrences.end(), fits)) {
        report_.steps_here.push_back(
            WrittenAs(compilation_, module_.rules[r].steps[s].span));
      }
    }
  }

  void AddProgress(size_t r) {
    std::optional<uint32_t> last;
    for (uint32_t k = 0; k < timeline_.occurrences.size(); ++k) {
      if (timeline_.occurrences[k].event->line <= query_.line) {
        last = k;
      }
    }
    if (!last.has_value()) {
      return;
    }
    const vm::Rule& rule = program_.rules[r];
    for (const verdict::Standing& standing :
         verdict::StandingsOf(engine_, timeline_, r, *last)) {
      RuleProgress out;
      out.complete = standing.complete;
      for (const auto& part : standing.key) {
        out.key += (out.key.empty() ? "" : ", ") + part.value_or("any");
      }
      for (size_t s = 0; s < rule.steps.size(); ++s) {
        const uint32_t taken = standing.steps[s];
        std::string what;
        if (taken != verdict::kNoOccurrence) {
          const scan::Event& event = *timeline_.occurrences[taken].event;
          what = fmt::format("{}, line {}", program_.event_name(event.type),
                             event.line);
        }
        out.steps.emplace_back(
            WrittenAs(compilation_, module_.rules[r].steps[s].span), what);
      }
      report_.progress.push_back(std::move(out));
    }
  }

  const Compilation& compilation_;
  const hir::Module& module_;
  const vm::Program& program_;
  const scan::Engine& engine_;
  scan::Scratch& scratch_;
  const LineQuery& query_;
  Reader& reader_;
  vm::SourceId source_;
  std::vector<std::string> file_fields_;
  std::vector<scan::FileScan> files_;
  verdict::Timeline timeline_;
  verdict::Verdict verdict_;
  const scan::OpenBlock* block_ = nullptr;  // that holds the record
  uint64_t offset_ = 0;                     // of the record
  std::string_view raw_;
  std::string plain_;
  scan::Header header_;
  std::set<size_t> matched_;
  LineReport report_;
};

bool IsKnown(const vm::Program& program, const std::string& subject) {
  for (size_t k = 0; k < program.signatures.size() + program.rules.size();
       ++k) {
    if (program.event_name(vm::EventId(k)) == subject) {
      return true;
    }
  }
  return subject.empty();
}

}  // namespace

Result<LineReport> ExplainLine(const Compilation& compilation,
                               const LineQuery& query, bool* unread) {
  const vm::Program& program = compilation.program;
  if (!IsKnown(program, query.subject)) {
    const auto meant = ClosestItem(compilation, query.subject);
    return Fail(fmt::format(
        "`{}` is no signature or rule{}", query.subject,
        meant.has_value() ? fmt::format("; did you mean `{}`?", *meant) : ""));
  }
  vm::SourceId source;
  for (size_t k = 0; k < program.sources.size(); ++k) {
    if (program.sources[k].name == query.source) {
      source = vm::SourceId(k);
    }
  }
  if (!query.source.empty() && !source.valid()) {
    return Fail(fmt::format("no source is called `{}`", query.source));
  }
  const auto interpreter = MakeInterpreted(program);
  const scan::Engine engine(program, interpreter->matcher(), scan::DetectIsa());
  scan::Scratch scratch(program);
  Reader reader(engine, &scratch, source, query.line);
  input::ReadInput(query.path, &reader, nullptr);
  if (!reader.found()) {
    *unread = !reader.gap().empty();
    return Fail(reader.gap().empty()
                    ? fmt::format("`{}` has no line {}", query.path, query.line)
                    : reader.gap());
  }
  return LineExplainer(compilation, engine, &scratch, query, &reader)
      .Run(source);
}

}  // namespace telltale::driver
