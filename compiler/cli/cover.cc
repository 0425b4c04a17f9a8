// telltale cover: which kinds of failure no rule knows; with logs, which rules
// never matched, and, if asked, which lines look like failures all the same.
#include "compiler/driver/cover.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "compiler/cli/session.h"
#include "runtime/input/collect.h"
#include "runtime/input/read.h"
#include "runtime/verdict/correlate.h"

namespace telltale::cli {

namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kShown = 30;          // of a list, in text
constexpr size_t kMaxShapes = 10'000;  // of lines that look like failures
constexpr size_t kShapeBytes = 160;

std::string_view AxisName(vm::Axis axis) {
  switch (axis) {
    case vm::Axis::Symptom:
      return "symptom";
    case vm::Axis::Cause:
      return "cause";
    case vm::Axis::Stage:
      return "stage";
    case vm::Axis::Outcome:
      return "outcome";
  }
  return "";
}

// ------------------------------------------------------------- the taxonomy

struct Sums {
  size_t leaves = 0;
  size_t reached = 0;
  uint64_t cases = 0;
  uint64_t cases_reached = 0;
  std::vector<driver::LeafCover> missing;  // the most cases first
};

Sums Sum(const driver::AxisCover& cover) {
  Sums sums;
  for (const driver::LeafCover& leaf : cover.leaves) {
    ++sums.leaves;
    sums.cases += leaf.cases;
    if (leaf.reached_by > 0) {
      ++sums.reached;
      sums.cases_reached += leaf.cases;
    } else {
      sums.missing.push_back(leaf);
    }
  }
  std::stable_sort(
      sums.missing.begin(), sums.missing.end(),
      [](const auto& a, const auto& b) { return a.cases > b.cases; });
  return sums;
}

std::string AxisText(const vm::Program& program,
                     const driver::AxisCover& cover) {
  const Sums sums = Sum(cover);
  std::string out =
      fmt::format("{}: {} of {} leaves have a rule", AxisName(cover.axis),
                  sums.reached, sums.leaves);
  if (sums.cases > 0) {
    out += fmt::format(", which is {} of {} cases ({:.1f} %)",
                       sums.cases_reached, sums.cases,
                       100.0 * static_cast<double>(sums.cases_reached) /
                           static_cast<double>(sums.cases));
  }
  out += "\n";
  for (const driver::LeafCover& leaf : sums.missing) {
    const vm::Node& node = program.nodes[leaf.node.index()];
    out += fmt::format("  {:>5}  {}: {}\n",
                       sums.cases > 0 ? fmt::format("{}", leaf.cases) : "-",
                       node.path, node.title);
  }
  return out;
}

Json AxisJson(const vm::Program& program, const driver::AxisCover& cover) {
  const Sums sums = Sum(cover);
  Json missing = Json::array();
  for (const driver::LeafCover& leaf : sums.missing) {
    const vm::Node& node = program.nodes[leaf.node.index()];
    missing.push_back(
        {{"node", node.path},
         {"title", node.title},
         {"study", node.study.empty() ? Json(nullptr) : Json(node.study)},
         {"cases", leaf.cases}});
  }
  return {{"axis", AxisName(cover.axis)},
          {"leaves", sums.leaves},
          {"reached", sums.reached},
          {"cases", sums.cases},
          {"cases_reached", sums.cases_reached},
          {"missing", std::move(missing)}};
}

// ------------------------------------------------------------------ the logs

// A signature or rule, and how often it was seen.
struct Hits {
  vm::EventId event;
  uint64_t count = 0;
  uint64_t cases = 0;  // of what it says: what it is worth
};

// Which records of a file have an event: by name and line.
using Known = std::map<std::string, std::set<uint64_t>, std::less<>>;

std::vector<Hits> CountHits(Session* session, int year, Known* known) {
  const vm::Program& program = session->engine().program();
  std::vector<Hits> all;
  for (size_t k = 0; k < program.signatures.size() + program.rules.size();
       ++k) {
    const vm::Verdict& said = program.meaning(vm::EventId(k))->verdict;
    Hits hits{vm::EventId(k), 0, 0};
    for (const vm::NodeId node : {said.symptom, said.cause}) {
      if (node.valid()) {
        hits.cases =
            std::max(hits.cases, driver::CasesOf(program.nodes[node.index()]));
      }
    }
    all.push_back(hits);
  }
  for (StreamScan& stream : session->streams()) {
    verdict::Timeline timeline = verdict::MergeFiles(&stream.files, year);
    verdict::Correlate(session->engine(), &timeline);
    for (const verdict::Occurrence& at : timeline.occurrences) {
      if (at.event->type.index() < all.size()) {
        ++all[at.event->type.index()].count;
      }
      (*known)[stream.files[at.event->file].name].insert(at.event->line);
    }
  }
  std::stable_sort(all.begin(), all.end(), [](const Hits& a, const Hits& b) {
    return a.count != b.count ? a.count > b.count : a.cases > b.cases;
  });
  return all;
}

std::string HitsText(const vm::Program& program, const std::vector<Hits>& all) {
  const auto never = std::find_if(
      all.begin(), all.end(), [](const Hits& hits) { return hits.count == 0; });
  std::string out = fmt::format("rules: {} of {} matched in these logs\n",
                                never - all.begin(), all.size());
  for (auto at = all.begin(); at != never; ++at) {
    out +=
        fmt::format("  {:>5}  {}\n", at->count, program.event_name(at->event));
  }
  const auto left = static_cast<size_t>(all.end() - never);
  if (left > 0) {
    out += "never matched:\n";
    for (auto at = never;
         at != all.end() && static_cast<size_t>(at - never) < kShown; ++at) {
      out += fmt::format("         {}\n", program.event_name(at->event));
    }
  }
  if (left > kShown) {
    out += fmt::format("         and {} more (--format json has all)\n",
                       left - kShown);
  }
  return out;
}

Json HitsJson(const vm::Program& program, const std::vector<Hits>& all) {
  Json json = Json::array();
  for (const Hits& hits : all) {
    json.push_back({{"name", program.event_name(hits.event)},
                    {"kind", program.is_rule(hits.event) ? "rule" : "sig"},
                    {"hits", hits.count},
                    {"cases", hits.cases}});
  }
  return json;
}

// ------------------------------------------------- what nothing knows yet

// Lines that differ in their numbers only.
struct Shape {
  std::string file;
  uint64_t line = 0;  // of the first
  std::string text;
  uint64_t count = 0;
};

bool LooksLikeFailure(std::string_view line) {
  // In lower case. Not "warn": too many.
  static constexpr std::array<std::string_view, 10> kWords = {
      "error",     "exception", "failed", "failure", "fatal",
      "traceback", "killed",    "abort",  "panic",   "segfault"};
  std::string folded(line);
  for (char& c : folded) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  }
  return std::any_of(kWords.begin(), kWords.end(), [&](std::string_view word) {
    return folded.find(word) != std::string::npos;
  });
}

std::string ShapeOf(std::string_view line) {
  std::string shape;
  bool number = false;
  for (const char c : line.substr(0, kShapeBytes)) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit || !number) {
      shape += digit ? '#' : c;
    }
    number = digit;
  }
  return shape;
}

// Reads logs a second time, line by line.
class Unexplained : public input::FileVisitor {
 public:
  explicit Unexplained(const Known& known) : known_(known) {}

  void BeginFile(const std::string& name) override {
    name_ = name;
    line_ = 1;
    const auto at = known_.find(name);
    lines_ = at == known_.end() ? nullptr : &at->second;
  }
  bool Chunk(std::string_view bytes) override {
    while (!bytes.empty()) {
      const size_t end = bytes.find('\n');
      // A line of megabytes is told by its head.
      if (carry_.size() < kShapeBytes * 4) {
        carry_.append(bytes.substr(0, std::min(end, kShapeBytes * 4)));
      }
      if (end == std::string_view::npos) {
        return true;
      }
      Line();
      bytes.remove_prefix(end + 1);
    }
    return true;
  }
  void EndFile() override { Line(); }
  void Skip(input::Gap /*gap*/) override {}  // the scan has told

  // The most frequent first.
  [[nodiscard]] std::vector<Shape> Take() {
    std::vector<Shape> all;
    for (auto& [text, shape] : shapes_) {
      all.push_back(std::move(shape));
    }
    std::stable_sort(
        all.begin(), all.end(),
        [](const Shape& a, const Shape& b) { return a.count > b.count; });
    return all;
  }

 private:
  void Line() {
    if ((lines_ == nullptr || lines_->count(line_) == 0) &&
        LooksLikeFailure(carry_)) {
      const std::string text = ShapeOf(carry_);
      const auto at = shapes_.find(text);
      if (at != shapes_.end()) {
        ++at->second.count;
      } else if (shapes_.size() < kMaxShapes) {
        shapes_.emplace(text,
                        Shape{name_, line_, carry_.substr(0, kShapeBytes), 1});
      }
    }
    carry_.clear();
    ++line_;
  }

  const Known& known_;
  const std::set<uint64_t>* lines_ = nullptr;
  std::string name_;
  uint64_t line_ = 1;
  std::string carry_;
  std::map<std::string, Shape> shapes_;
};

std::vector<Shape> FindUnexplained(const Options& options, const Known& known) {
  Unexplained visitor(known);
  for (const std::string& argument : options.inputs) {
    for (const input::InputPath& path : input::CollectInputs(argument).paths) {
      input::ReadInput(path.path, &visitor, nullptr);
    }
  }
  return visitor.Take();
}

std::string ShapesText(const std::vector<Shape>& shapes) {
  if (shapes.empty()) {
    return "no other line looks like a failure\n";
  }
  std::string out = "lines that look like failures, and that no rule knows:\n";
  for (size_t k = 0; k < shapes.size() && k < kShown; ++k) {
    out += fmt::format("  {:>5}  {}:{}: {}\n", shapes[k].count,
                       report::Printable(shapes[k].file), shapes[k].line,
                       report::Printable(shapes[k].text));
  }
  if (shapes.size() > kShown) {
    out += fmt::format("         and {} more kinds\n", shapes.size() - kShown);
  }
  return out;
}

Json ShapesJson(const std::vector<Shape>& shapes) {
  Json json = Json::array();
  for (const Shape& shape : shapes) {
    json.push_back({{"file", shape.file},
                    {"line", shape.line},
                    {"text", shape.text},
                    {"count", shape.count}});
  }
  return json;
}

}  // namespace

int RunCover(const Options& options) {
  const bool stdin_twice =
      options.unexplained &&
      std::find(options.inputs.begin(), options.inputs.end(), "-") !=
          options.inputs.end();
  if (stdin_twice || (options.unexplained && options.inputs.empty())) {
    Print(stderr, stdin_twice
                      ? "telltale: standard input can only be read once\n"
                      : "telltale: --unexplained needs a log\n");
    return kUsage;
  }
  int exit_code = 0;
  const std::unique_ptr<Session> session = Session::Open(options, &exit_code);
  if (session == nullptr) {
    return exit_code;
  }
  const vm::Program& program = session->engine().program();
  const bool json = options.format == Format::Json;
  std::string text;
  Json all;
  all["axes"] = Json::array();
  bool gap = false;
  for (const driver::AxisCover& cover : driver::CoverageOf(program)) {
    gap = gap || !Sum(cover).missing.empty();
    text += AxisText(program, cover);
    all["axes"].push_back(AxisJson(program, cover));
  }
  std::vector<scan::Gap> unread;
  if (!options.inputs.empty()) {
    Known known;
    const std::vector<Hits> hits =
        CountHits(session.get(), options.default_year, &known);
    text += HitsText(program, hits);
    all["rules"] = HitsJson(program, hits);
    if (options.unexplained) {
      const std::vector<Shape> shapes = FindUnexplained(options, known);
      gap = gap || !shapes.empty();
      text += ShapesText(shapes);
      all["unexplained"] = ShapesJson(shapes);
    }
    for (const StreamScan& stream : session->streams()) {
      unread.insert(unread.end(), stream.unread.begin(), stream.unread.end());
    }
  }
  Print(stdout,
        json ? all.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"
             : text);
  Print(stderr, report::UnreadText(unread));
  return !unread.empty() ? kUnread : gap ? kFound : kNothingFound;
}

}  // namespace telltale::cli
