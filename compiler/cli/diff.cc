// telltale diff: what a change of rules does to logs. Both rule files scan all
// inputs; records whose events differ are told, and streams whose root does.
#include <algorithm>
#include <cstdio>
#include <map>
#include <tuple>
#include <unistd.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "compiler/cli/session.h"
#include "runtime/verdict/correlate.h"
#include "runtime/verdict/verdict.h"

namespace telltale::cli {

namespace {

constexpr size_t kShown = 50;  // changes of a kind; the rest are counted

// A record: stream, file within it, offset.
using Place = std::tuple<size_t, size_t, uint64_t>;

// What one rule file makes of a record.
struct Record {
  std::string file;
  uint64_t line = 0;
  std::string text;
  std::vector<std::string> events;  // "oom [Crash.OutOfMemory]", sorted
};

// What one rule file makes of all inputs.
struct Reading {
  std::map<Place, Record> records;
  std::vector<std::string> streams;  // names
  std::vector<std::string> roots;    // per stream: "oom, line 12"; "none"
  std::vector<scan::Gap> unread;
};

std::string EventOf(const scan::Engine& engine,
                    const verdict::Timeline& timeline,
                    const verdict::Occurrence& at) {
  const vm::Program& program = engine.program();
  const vm::Verdict said = verdict::VerdictOf(engine, timeline, at);
  std::vector<std::string> nodes;
  for (const vm::NodeId id :
       {said.symptom, said.cause, said.stage, said.outcome}) {
    if (id.valid()) {
      nodes.push_back(program.nodes[id.index()].path);
    }
  }
  const std::string& name = program.event_name(at.event->type);
  return nodes.empty() ? name
                       : fmt::format("{} [{}]", name, fmt::join(nodes, ", "));
}

Reading Read(Session* session, int default_year) {
  Reading reading;
  const scan::Engine& engine = session->engine();
  for (StreamScan& stream : session->streams()) {
    const size_t number = reading.streams.size();
    verdict::Timeline timeline =
        verdict::MergeFiles(&stream.files, default_year);
    verdict::Correlate(engine, &timeline);
    for (const verdict::Occurrence& at : timeline.occurrences) {
      const scan::Event& event = *at.event;
      Record& record = reading.records[Place(number, event.file, event.offset)];
      record.file = stream.files[event.file].name;
      record.line = event.line;
      record.text = std::string(event.text);
      record.events.push_back(EventOf(engine, timeline, at));
    }
    const verdict::Verdict verdict = verdict::Judge(engine, timeline);
    const auto& root = verdict.runs[verdict.headline].root;
    reading.streams.push_back(stream.files.empty() ? "(nothing)"
                              : stream.files.size() == 1
                                  ? stream.files[0].name
                                  : fmt::format("{} and {} more files",
                                                stream.files[0].name,
                                                stream.files.size() - 1));
    reading.roots.push_back(
        root.has_value() ? fmt::format("{} (line {})",
                                       engine.program().event_name(root->type),
                                       root->event->line)
                         : "none");
    reading.unread.insert(reading.unread.end(), stream.unread.begin(),
                          stream.unread.end());
  }
  for (auto& [place, record] : reading.records) {
    std::sort(record.events.begin(), record.events.end());
  }
  return reading;
}

// One kind of change: told, then counted.
struct Changes {
  size_t count = 0;
  std::string text;

  void Add(std::string line) {
    if (++count <= kShown) {
      text += std::move(line);
    }
  }
};

std::string Told(const Record& record, const std::string& events) {
  constexpr size_t kText = 160;
  return fmt::format("{}:{}: {}: {}\n", report::Printable(record.file),
                     record.line, events,
                     report::Printable(record.text.substr(0, kText)));
}

}  // namespace

int RunDiff(const Options& options) {
  if (std::find(options.inputs.begin(), options.inputs.end(), "-") !=
      options.inputs.end()) {
    Print(stderr, "telltale: standard input can only be read once\n");
    return kUsage;
  }
  std::vector<Reading> readings;
  for (const std::string& rules : options.rules) {
    Options one = options;
    one.rules = {rules};
    int exit_code = 0;
    const std::unique_ptr<Session> session = Session::Open(one, &exit_code);
    if (session == nullptr) {
      return exit_code;
    }
    readings.push_back(Read(session.get(), options.default_year));
  }
  const Reading& before = readings[0];
  const Reading& after = readings[1];
  Changes lost;
  Changes gained;
  Changes rerouted;
  Changes roots;
  for (const auto& [place, record] : before.records) {
    const auto now = after.records.find(place);
    const std::string events =
        fmt::format("{}", fmt::join(record.events, ", "));
    if (now == after.records.end()) {
      lost.Add("- " + Told(record, events));
    } else if (now->second.events != record.events) {
      rerouted.Add("~ " + Told(record, fmt::format("{} -> {}", events,
                                                   fmt::join(now->second.events,
                                                             ", "))));
    }
  }
  for (const auto& [place, record] : after.records) {
    if (before.records.find(place) == before.records.end()) {
      gained.Add("+ " + Told(record, fmt::format("{}", fmt::join(record.events,
                                                                 ", "))));
    }
  }
  for (size_t k = 0; k < before.roots.size(); ++k) {
    if (before.roots[k] != after.roots[k]) {
      roots.Add(fmt::format("root of {}: {} -> {}\n",
                            report::Printable(before.streams[k]),
                            before.roots[k], after.roots[k]));
    }
  }
  for (const Changes* changes : {&lost, &gained, &rerouted, &roots}) {
    Print(stdout, changes->text);
    if (changes->count > kShown) {
      Print(stdout, fmt::format("... and {} more\n", changes->count - kShown));
    }
  }
  Print(stdout,
        fmt::format("{} records gained, {} lost, {} told otherwise; {} of {} "
                    "roots changed\n",
                    gained.count, lost.count, rerouted.count, roots.count,
                    before.roots.size()));
  Print(stderr, report::UnreadText(after.unread));
  const bool same =
      lost.count + gained.count + rerouted.count + roots.count == 0;
  return !after.unread.empty() ? kUnread : same ? kNothingFound : kFound;
}

}  // namespace telltale::cli
