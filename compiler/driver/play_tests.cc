#include "compiler/driver/play_tests.h"

#include <algorithm>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "compiler/plan/lower.h"
#include "runtime/base/narrow.h"
#include "runtime/scan/file_scanner.h"
#include "runtime/verdict/correlate.h"
#include "runtime/verdict/values.h"
#include "runtime/verdict/verdict.h"

namespace telltale::driver {

namespace {

constexpr int kYear = 1970;  // of stamps without one
constexpr uint32_t kFlagBits = 7;

// What the lines so far came to.
struct Played {
  std::vector<scan::FileScan> files;
  verdict::Timeline timeline;
  verdict::Verdict verdict;
};

class Player {
 public:
  Player(const scan::Engine& engine, scan::Scratch* scratch,
         const hir::Test& test)
      : engine_(engine),
        program_(engine.program()),
        scratch_(*scratch),
        test_(test) {}

  // The lines before `count`.
  Played Play(size_t count) {
    scan::FileScanner scanner(engine_, &scratch_, "test", 0, test_.source);
    std::vector<int64_t> waits = {0};  // per line: waited before it, in all
    int64_t waited = 0;
    bool eof = false;
    for (size_t k = 0; k < count; ++k) {
      const hir::TestLine& line = test_.lines[k];
      if (line.kind == hir::TestLine::Kind::Line) {
        const auto newlines = static_cast<size_t>(
            std::count(line.text.begin(), line.text.end(), '\n'));
        waits.insert(waits.end(), newlines + 1, waited);
        scanner.Chunk(line.text);
        scanner.Chunk("\n");
      } else if (line.kind == hir::TestLine::Kind::Wait) {
        waited += line.wait;
      } else if (line.kind == hir::TestLine::Kind::Eof) {
        eof = true;
      }
    }
    Played out;
    out.files.push_back(scanner.Finish());
    Shift(waits, waited, &out.files[0]);
    out.timeline = verdict::MergeFiles(&out.files, kYear);
    verdict::Correlate(engine_, &out.timeline,
                       eof ? verdict::End::Input : verdict::End::Open);
    out.verdict = verdict::Judge(engine_, out.timeline);
    return out;
  }

 private:
  // A record that has its time from the one before it has waited since then.
  static void Shift(const std::vector<int64_t>& waits, int64_t waited,
                    scan::FileScan* file) {
    int64_t stamp = scan::kNoTime;
    int64_t at_stamp = 0;
    const auto shifted = [&](int64_t time, int64_t so_far) {
      if (time == scan::kNoTime) {
        return time;
      }
      if (time != stamp) {
        stamp = time;
        at_stamp = so_far;
      }
      return time + (so_far - at_stamp);
    };
    for (scan::Event& event : file->events) {
      const auto line = std::min<size_t>(event.line, waits.size() - 1);
      event.time = shifted(event.time, waits[line]);
    }
    for (scan::Event& event : file->census) {
      event.time = scan::kNoTime;  // its place in the file says it all
    }
    scan::RunEnd& end = file->ends.back();
    const auto last = std::min<size_t>(end.line, waits.size() - 1);
    // The end's own record first, which may bear a stamp of its own.
    end.time = shifted(end.time, waits[last]);
    end.time += end.time == scan::kNoTime ? 0 : waited - waits[last];
  }

  const scan::Engine& engine_;
  const vm::Program& program_;
  scan::Scratch& scratch_;
  const hir::Test& test_;
};

std::vector<uint32_t> BeginsOf(const vm::Program& program, vm::EventId event) {
  std::vector<uint32_t> begins;
  uint32_t slots = 0;
  if (program.is_rule(event)) {
    for (const vm::Step& step : program.rule(event).steps) {
      begins.push_back(slots);
      slots += Narrow<uint32_t>(step.slot_names.size());
    }
  } else {
    begins.push_back(slots);
    slots = Narrow<uint32_t>(program.signatures[event.index()].slots.size());
  }
  begins.push_back(slots);  // the flags
  return begins;
}

// The values that `gives` reads, in the order of BeginsOf.
std::vector<vm::Value> ValuesOf(const scan::Engine& engine,
                                const verdict::Timeline& timeline,
                                const verdict::Occurrence& occurrence) {
  const vm::Program& program = engine.program();
  const scan::Event& event = *occurrence.event;
  std::vector<vm::Value> values;
  if (program.is_rule(event.type)) {
    const vm::Rule& rule = program.rule(event.type);
    for (size_t s = 0; s < rule.steps.size(); ++s) {
      const uint32_t step = occurrence.steps[s];
      for (size_t k = 0; k < rule.steps[s].slot_names.size(); ++k) {
        vm::Value absent;
        absent.type = rule.steps[s].slot_types[k];
        values.push_back(step == verdict::kNoOccurrence
                             ? absent
                             : verdict::Named(engine,
                                              *timeline.occurrences[step].event,
                                              rule.steps[s].slot_names[k])
                                   .value_or(absent));
      }
    }
  } else {
    values.assign(event.slots.begin(), event.slots.end());
  }
  for (uint32_t bit = 0; bit < kFlagBits; ++bit) {
    vm::Value flag;
    flag.type = vm::Type::Bool;
    flag.present = true;
    flag.i = event.flags >> bit & 1;
    values.push_back(flag);
  }
  return values;
}

bool Under(const vm::Program& program, vm::NodeId node, vm::NodeId wanted) {
  while (node.valid() && node != wanted) {
    node = program.nodes[node.index()].parent;
  }
  return node.valid();
}

class Judged {
 public:
  Judged(const scan::Engine& engine, const Played& played)
      : engine_(engine), program_(engine.program()), played_(played) {}

  // What is not as expected; "" if all is.
  std::string Failure(const hir::Expectation& expected,
                      vm::PredicateId gives) const {
    using Kind = hir::Expectation::Kind;
    switch (expected.kind) {
      case Kind::Event:
        return Event(expected, gives);
      case Kind::No: {
        const verdict::Occurrence* found = First(expected);
        return found == nullptr
                   ? ""
                   : fmt::format("`{}` happens, on line {}",
                                 program_.event_name(found->event->type),
                                 found->event->line);
      }
      case Kind::Nothing:
        return Headline().root.has_value() ? "there is a root: " + Root() : "";
      case Kind::Outcome: {
        const auto outcome =
            verdict::OutcomeName(played_.verdict.runs.back().outcome);
        return outcome == expected.outcome
                   ? ""
                   : fmt::format("the outcome is {}", outcome);
      }
      case Kind::Root:
        return RootFailure(expected);
    }
    return "";
  }

  std::string Root() const {
    const verdict::RunVerdict& run = Headline();
    return run.root.has_value()
               ? fmt::format("`{}` on line {}",
                             program_.event_name(run.root->type),
                             run.root->event->line)
               : "none";
  }

  std::string Events() const {
    std::string out;
    for (const verdict::Occurrence& occurrence : played_.timeline.occurrences) {
      out += fmt::format("{}`{}` (line {})", out.empty() ? "" : ", ",
                         program_.event_name(occurrence.event->type),
                         occurrence.event->line);
    }
    return out.empty() ? "nothing" : out;
  }

 private:
  const verdict::RunVerdict& Headline() const {
    return played_.verdict.runs[played_.verdict.headline];
  }

  static bool Holds(const scan::Event& event, const std::string& text) {
    return event.text.find(text) != std::string_view::npos;
  }

  const verdict::Occurrence* First(const hir::Expectation& expected) const {
    for (const verdict::Occurrence& occurrence : played_.timeline.occurrences) {
      if (std::binary_search(expected.events.begin(), expected.events.end(),
                             occurrence.event->type) &&
          Holds(*occurrence.event, expected.at)) {
        return &occurrence;
      }
    }
    return nullptr;
  }

  std::string Event(const hir::Expectation& expected,
                    vm::PredicateId gives) const {
    const verdict::Occurrence* first = First(expected);
    if (first == nullptr) {
      return "it does not happen";
    }
    if (!gives.valid()) {
      return "";
    }
    for (const verdict::Occurrence& occurrence : played_.timeline.occurrences) {
      if (occurrence.event->type == expected.events[0] &&
          Holds(*occurrence.event, expected.at) &&
          engine_.Test(gives,
                       ValuesOf(engine_, played_.timeline, occurrence))) {
        return "";
      }
    }
    return fmt::format("it happens, on line {}, but not with these values",
                       first->event->line);
  }

  std::string RootFailure(const hir::Expectation& expected) const {
    const verdict::RunVerdict& run = Headline();
    if (!run.root.has_value()) {
      return "there is no root";
    }
    const vm::Verdict& verdict = run.root->verdict;
    const bool fits =
        expected.node.valid()
            ? Under(program_, verdict.symptom, expected.node) ||
                  Under(program_, verdict.cause, expected.node) ||
                  Under(program_, verdict.stage, expected.node) ||
                  Under(program_, verdict.outcome, expected.node)
            : std::binary_search(expected.events.begin(), expected.events.end(),
                                 run.root->type);
    if (!fits) {
      return "the root is " + Root();
    }
    return Holds(*run.root->event, expected.at)
               ? ""
               : fmt::format("the root is on line {}", run.root->event->line);
  }

  const scan::Engine& engine_;
  const vm::Program& program_;
  const Played& played_;
};

}  // namespace

TestPlayer::TestPlayer(Compilation* compilation)
    : compilation_(*compilation),
      failed_(compilation->module.tests.size(), false),
      skipped_(failed_) {
  vm::Program& program = compilation->program;
  for (const hir::Test& test : compilation->module.tests) {
    std::vector<vm::PredicateId> gives;
    for (const hir::TestLine& line : test.lines) {
      const hir::Expectation& expected = line.expectation;
      gives.push_back(expected.gives.has_value()
                          ? plan::LowerGives(
                                *expected.gives,
                                BeginsOf(program, expected.events[0]), &program)
                          : vm::PredicateId());
    }
    gives_.push_back(std::move(gives));
  }
}

void TestPlayer::PlayAll(const tt_matcher& matcher, std::string_view tier) {
  if (compilation_.module.tests.empty()) {
    return;
  }
  const scan::Engine engine(compilation_.program, matcher, scan::DetectIsa());
  scan::Scratch scratch(compilation_.program);
  for (size_t t = 0; t < failed_.size(); ++t) {
    if (skipped_[t]) {
      continue;
    }
    const hir::Test& test = compilation_.module.tests[t];
    Player player(engine, &scratch, test);
    std::optional<Played> played;
    for (size_t k = 0; k < test.lines.size() && !failed_[t]; ++k) {
      if (test.lines[k].kind != hir::TestLine::Kind::Expect) {
        played.reset();
        continue;
      }
      if (!played.has_value()) {
        played = player.Play(k);
      }
      const Judged judged(engine, *played);
      const hir::Expectation& expected = test.lines[k].expectation;
      const std::string failure = judged.Failure(expected, gives_[t][k]);
      if (failure.empty()) {
        continue;
      }
      failed_[t] = true;
      auto report = compilation_.diags.Emit(
          expected.span, diag::ExampleFailed,
          fmt::format("test \"{}\" fails: {}{}", test.title, failure,
                      tier.empty() ? "" : fmt::format(" ({})", tier)));
      report.Note("what happens: " + judged.Events());
      report.Note("root: " + judged.Root());
    }
  }
}

}  // namespace telltale::driver
