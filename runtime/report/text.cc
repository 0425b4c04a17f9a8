// Text for a tired person: the culprit line first, then what it means in words,
// what it dragged along, what to do, and one line on what else was seen.
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "runtime/report/report.h"

namespace telltale::report {

namespace {

class Style {
 public:
  explicit Style(bool color) : color_(color) {}
  std::string Bad(std::string_view text) const { return Wrap("1;31", text); }
  std::string Good(std::string_view text) const { return Wrap("32", text); }
  std::string Strong(std::string_view text) const { return Wrap("1", text); }
  std::string Faint(std::string_view text) const { return Wrap("2", text); }

 private:
  std::string Wrap(std::string_view code, std::string_view text) const {
    return color_ ? fmt::format("\x1b[{}m{}\x1b[0m", code, text)
                  : std::string(text);
  }
  bool color_;
};

constexpr size_t kLineWidth = 300;  // longer lines are cut, and say so

bool InsideUtf8(std::string_view text, size_t at) {
  return at > 0 && at < text.size() &&
         (static_cast<unsigned char>(text[at]) & 0xc0u) == 0x80u;
}

// A line for a terminal; of a long one the part around `match`.
std::string Cut(std::string_view text, size_t match = 0) {
  constexpr size_t kBefore = 80;
  if (text.size() <= kLineWidth) {
    return Printable(text);
  }
  size_t begin = match < kLineWidth / 2 ? 0 : match - kBefore;
  while (InsideUtf8(text, begin)) {
    ++begin;
  }
  size_t end = std::min(begin + kLineWidth, text.size());
  while (InsideUtf8(text, end)) {
    --end;
  }
  return (begin > 0 ? "... " : "") +
         Printable(text.substr(begin, end - begin)) +
         (end < text.size() ? " ..." : "");
}

// "Out of memory (Crash.CUDA.OutOfMemory)"
std::string InWords(const vm::Program& program, vm::NodeId id) {
  std::string path;
  const vm::Node& leaf = program.nodes[id.index()];
  for (vm::NodeId at = id; at.valid(); at = program.nodes[at.index()].parent) {
    path = program.nodes[at.index()].title + (path.empty() ? "" : " > " + path);
  }
  return fmt::format("{}  [{}]", path, leaf.path);
}

std::string Count(uint64_t n, std::string_view noun) {
  return fmt::format("{} {}{}", n, noun, n == 1 ? "" : "s");
}

std::string GroupText(const vm::Program& program, const verdict::Group& group) {
  return group.count == 1
             ? fmt::format("{} (line {})", program.event_name(group.type),
                           group.line)
             : fmt::format("{} ({} times, first line {})",
                           program.event_name(group.type), group.count,
                           group.line);
}

std::string GroupsText(const vm::Program& program,
                       const std::vector<verdict::Group>& groups) {
  constexpr size_t kMost = 6;
  std::string out;
  for (size_t k = 0; k < groups.size() && k < kMost; ++k) {
    out += (k == 0 ? "" : ", ") + GroupText(program, groups[k]);
  }
  if (groups.size() > kMost) {
    out += fmt::format(" and {} more", Count(groups.size() - kMost, "kind"));
  }
  return out;
}

std::string OutcomeInWords(verdict::Outcome outcome) {
  switch (outcome) {
    case verdict::Outcome::Finished:
      return "finished";
    case verdict::Outcome::FinishedAfterFailure:
      return "finished, although something failed on the way";
    case verdict::Outcome::Failed:
      return "failed";
    case verdict::Outcome::FailedAfterSuccess:
      return "failed after it had succeeded";
    case verdict::Outcome::Interrupted:
      return "interrupted";
    case verdict::Outcome::CutOff:
      return "the log just ends";
    case verdict::Outcome::Unknown:
      return "unknown: the log does not say how it ended";
  }
  return "unknown";
}

// worker_lost (lines 3, 5, 9 and 4 more), timeout (line 20)
std::string EvidenceText(const vm::Program& program,
                         const std::vector<const scan::Event*>& evidence) {
  constexpr size_t kTold = 4;
  std::vector<std::pair<vm::EventId, std::vector<uint64_t>>> kinds;
  for (const scan::Event* event : evidence) {
    const auto kind = std::find_if(
        kinds.begin(), kinds.end(),
        [&](const auto& each) { return each.first == event->type; });
    if (kind == kinds.end()) {
      kinds.push_back({event->type, {event->line}});
    } else {
      kind->second.push_back(event->line);
    }
  }
  std::string out;
  for (const auto& [type, lines] : kinds) {
    const size_t told = std::min(lines.size(), kTold);
    out += fmt::format(
        "{}{} ({} {}", out.empty() ? "" : ", ", program.event_name(type),
        lines.size() == 1 ? "line" : "lines",
        fmt::join(lines.begin(),
                  lines.begin() + static_cast<std::ptrdiff_t>(told), ", "));
    out += lines.size() > told
               ? fmt::format(" and {} more)", lines.size() - told)
               : ")";
  }
  return out;
}

void AddFinding(const scan::Engine& engine, const Stream& stream,
                const verdict::Finding& finding, const Context& context,
                const Style& style, std::string* out) {
  const vm::Program& program = engine.program();
  const scan::Event& event = *finding.event;
  const scan::FileScan& file = stream.files[event.file];
  *out += fmt::format("{}:{}: {}\n", style.Strong(Printable(file.name)),
                      style.Strong(std::to_string(event.line)),
                      style.Bad(Cut(event.text, event.match)));
  *out += "\n";
  const auto row = [&](std::string_view label, const std::string& text) {
    *out += fmt::format("  {:<11}{}\n", label, text);
  };
  if (finding.verdict.symptom.valid()) {
    row("symptom", InWords(program, finding.verdict.symptom));
  }
  row("root cause", finding.verdict.cause.valid()
                        ? InWords(program, finding.verdict.cause)
                        : "not known from this line");
  if (finding.verdict.stage.valid()) {
    row("stage", InWords(program, finding.verdict.stage));
  }
  std::string where;
  for (size_t k = 0; k < event.keys.size(); ++k) {
    if (event.keys[k].present) {
      where += fmt::format("{}{} {}", where.empty() ? "" : ", ",
                           program.fields[engine.key_fields()[k].index()].name,
                           Printable(vm::ToText(event.keys[k])));
    }
  }
  if (event.time != scan::kNoTime) {
    where += fmt::format("{}{}", where.empty() ? "" : ", ",
                         vm::FormatTime(event.time));
  }
  if (!where.empty()) {
    row("where", where);
  }
  if (finding.count > 1) {
    row("repeated", fmt::format("{} times in all", finding.count));
  }
  row("certainty",
      fmt::format("{} (by `{}`)", verdict::CertaintyName(finding.certainty),
                  program.event_name(finding.type)));
  if (!finding.confirmed_by.empty()) {
    row("confirmed", GroupsText(program, finding.confirmed_by));
  }
  if (!finding.evidence.empty()) {
    const std::string steps = EvidenceText(program, finding.evidence);
    row("evidence", steps);
  }
  if (!finding.explains.empty()) {
    row("explains", GroupsText(program, finding.explains));
  }
  if (!context.before.empty() || !context.after.empty()) {
    *out += "\n";
    uint64_t line = event.line - context.before.size();
    for (const std::string& text : context.before) {
      *out +=
          style.Faint(fmt::format("  {:>6} | {}", line++, Cut(text))) + "\n";
    }
    *out += fmt::format("  {:>6} > {}\n", line++, Cut(event.text, event.match));
    for (const std::string& text : context.after) {
      *out +=
          style.Faint(fmt::format("  {:>6} | {}", line++, Cut(text))) + "\n";
    }
  }
  if (!finding.note.empty()) {
    *out += fmt::format("\n  {} {}\n", style.Strong("what to do:"),
                        Printable(finding.note));
  }
  if (!finding.see.empty()) {
    *out += fmt::format("  see {}\n", Printable(finding.see));
  }
}

}  // namespace

std::string WhyText(const scan::Engine& engine, const Stream& stream,
                    const verdict::RunVerdict& run, const Context& context,
                    const TextOptions& options) {
  const vm::Program& program = engine.program();
  const Style style(options.color);
  std::string out;
  if (run.root.has_value()) {
    AddFinding(engine, stream, *run.root, context, style, &out);
    out += "\n";
  } else {
    out +=
        fmt::format("{}: {}\n",
                    stream.files.empty() ? std::string("(nothing)")
                                         : Printable(stream.files.front().name),
                    style.Good("no failure found"));
  }
  std::string tail = OutcomeInWords(run.outcome);
  if (stream.verdict.runs.size() > 1) {
    tail += fmt::format("; attempt {} of {}", run.run + 1,
                        stream.verdict.runs.size());
  }
  out += fmt::format("  {:<11}{}\n", "outcome", tail);
  uint64_t bytes = 0;
  uint64_t lines = 0;
  for (const scan::FileScan& file : stream.files) {
    bytes += file.bytes;
    lines += file.lines;
  }
  std::string read =
      fmt::format("{}, {}", Count(lines, "line"), Count(bytes, "byte"));
  if (stream.files.size() > 1) {
    read += fmt::format(" in {}", Count(stream.files.size(), "file"));
  }
  if (stream.files.size() == 1) {
    read += stream.files[0].source.empty()
                ? ", as plain lines"
                : fmt::format(", as source `{}`", stream.files[0].source);
  }
  out += fmt::format("  {:<11}{}\n", "read", read);
  std::string also;
  for (const verdict::Finding& other : run.alternatives) {
    also += fmt::format("{}{} (line {})", also.empty() ? "" : ", ",
                        program.event_name(other.type), other.event->line);
  }
  if (!run.survived.empty()) {
    also += fmt::format("{}survived {}", also.empty() ? "" : "; ",
                        GroupsText(program, run.survived));
  }
  if (!also.empty()) {
    out += fmt::format("  {:<11}{}\n", "also seen", also);
  }
  uint64_t dropped = 0;
  for (const scan::FileScan& file : stream.files) {
    dropped += file.dropped_events;
  }
  if (dropped > 0) {
    out += fmt::format("  {:<11}{} over the limit were not kept\n", "caution",
                       Count(dropped, "event"));
  }
  return out;
}

std::string EventText(const scan::Engine& engine, const scan::FileScan& file,
                      const verdict::Timeline& timeline,
                      const verdict::Occurrence& at,
                      const TextOptions& options) {
  const vm::Program& program = engine.program();
  const Style style(options.color);
  const scan::Event& event = *at.event;
  const vm::Verdict said = verdict::VerdictOf(engine, timeline, at);
  std::string verdict;
  for (const vm::NodeId id :
       {said.symptom, said.cause, said.stage, said.outcome}) {
    if (id.valid()) {
      verdict += fmt::format("{}{}", verdict.empty() ? "" : ", ",
                             program.nodes[id.index()].path);
    }
  }
  return fmt::format("{}:{}: {}{}: {}\n", Printable(file.name), event.line,
                     style.Strong(program.event_name(event.type)),
                     verdict.empty() ? "" : " [" + verdict + "]",
                     Cut(event.text, event.match));
}

}  // namespace telltale::report
