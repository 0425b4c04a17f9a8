// telltale explain --log FILE --line N: what the rules make of one line.
#include "compiler/cli/explain_line.h"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "compiler/cli/session.h"
#include "compiler/driver/explain_line.h"

namespace telltale::cli {

namespace {

using driver::LineEvent;
using driver::LineMiss;
using driver::LineReport;
using Json = nlohmann::ordered_json;
using report::Printable;

constexpr size_t kTextShown = 200;
constexpr size_t kMissesShown = 12;

// --------------------------------------------------------------------- text

std::string ValuesText(const driver::NamedTexts& values) {
  constexpr size_t kShown = 80;
  std::string out;
  for (const auto& [name, value] : values) {
    out += fmt::format("{}{} = {}{}", out.empty() ? "" : ", ", name,
                       Printable(value.substr(0, kShown)),
                       value.size() > kShown ? "..." : "");
  }
  return out;
}

std::string VerdictText(const std::vector<driver::NamedNode>& verdict) {
  std::string out;
  for (const driver::NamedNode& node : verdict) {
    out += (out.empty() ? " [" : ", ") + node.path;
  }
  return out.empty() ? "" : out + "]";
}

std::string FateText(const LineEvent& event) {
  if (event.fate == "root") {
    return "the root";
  }
  if (event.fate == "beaten") {
    return "loses the record: " + event.reason;
  }
  if (event.fate == "explained") {
    return fmt::format("explained by `{}`, line {}", event.by, event.by_line);
  }
  if (event.fate == "survived") {
    return "survived: a later event clears it";
  }
  return event.fate == "alternative" ? "not the root: another came before it"
                                     : "a fact";
}

std::string EventText(const LineReport& report, const LineEvent& event) {
  std::string out = fmt::format("  {} {}{}", event.kind, event.name,
                                VerdictText(event.verdict));
  if (event.line != report.line) {
    out += fmt::format(", line {}", event.line);
  }
  if (event.column != 0) {
    out += fmt::format(", from column {}", event.column);
  }
  out += "\n";
  const std::string values = ValuesText(event.values);
  if (!values.empty()) {
    out += "      with " + values + "\n";
  }
  return out + "      " + FateText(event) + "\n";
}

std::string Instead(const LineMiss& miss) {
  return miss.instead.empty() ? "the end"
                              : fmt::format("`{}`", Printable(miss.instead));
}

std::string PatternMissText(const LineReport& report, const LineMiss& miss) {
  const std::string line =
      miss.line == report.line ? "" : fmt::format("line {}, ", miss.line);
  if (miss.forbidden) {
    return fmt::format("`{}` must not be there, and is ({}column {})",
                       Printable(miss.matched), line, miss.begin);
  }
  if (miss.matched.empty()) {
    return fmt::format("its beginning, `{}`, is nowhere in it",
                       Printable(miss.expected));
  }
  if (miss.begin == miss.stop) {
    return fmt::format("{}at column {}, `{}` is not found, but {}", line,
                       miss.stop, Printable(miss.expected), Instead(miss));
  }
  return fmt::format(
      "`{}` is found ({}columns {} to {}); behind it, at column {}, `{}` is "
      "not found, but {}",
      Printable(miss.matched), line, miss.begin, miss.stop - 1, miss.stop,
      Printable(miss.expected), Instead(miss));
}

std::string MissText(const LineReport& report, const LineMiss& miss) {
  switch (miss.why) {
    case LineMiss::Why::Phrase:
      return "none of its phrases stands there, so it was not tried; " +
             PatternMissText(report, miss);
    case LineMiss::Why::Source:
      return "it reads other sources only";
    case LineMiss::Why::Block:
      return "it looks into blocks, and the line is in none of them";
    case LineMiss::Why::Dropped:
      return "the source drops this record";
    case LineMiss::Why::Pattern:
      return PatternMissText(report, miss);
    case LineMiss::Why::Where:
      return fmt::format("its pattern matches, but `where {}` is false: {}",
                         miss.where, ValuesText(miss.values));
  }
  return "";
}

std::string HeadText(const LineReport& report) {
  std::string out =
      fmt::format("{}:{}: {}\n", Printable(report.file), report.line,
                  Printable(report.text.substr(0, kTextShown)));
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) {
      out += fmt::format("  {:<8} {}\n", name, value);
    }
  };
  if (report.records > 1) {
    add("record",
        fmt::format("{} of {} on this line", report.record, report.records));
  }
  add("source", report.source.empty() ? "none fits: the record is the message"
                                      : report.source);
  add("fields", ValuesText(report.fields));
  add("message", Printable(report.message.substr(0, kTextShown)));
  add("dropped", report.dropped ? "the source says `drop`" : "");
  if (report.block.has_value()) {
    const driver::LineBlock& block = *report.block;
    add("block",
        fmt::format("{}, lines {} to {}{}{}{}", block.name, block.first,
                    block.last, block.finished ? "" : ", did not close",
                    block.mixed ? ", of several writers" : "",
                    block.quiet ? ", quiet" : ""));
  }
  return out;
}

std::string RuleText(const std::string& name, const LineReport& report) {
  std::string out;
  if (!report.steps_here.empty()) {
    out += fmt::format("the line is of `{}` the step\n", name);
    for (const std::string& step : report.steps_here) {
      out += "  " + step + "\n";
    }
  }
  for (const driver::RuleProgress& progress : report.progress) {
    out += fmt::format("how far `{}` is after it{}:\n", name,
                       progress.key.empty()
                           ? ""
                           : fmt::format(", key {}", Printable(progress.key)));
    for (const auto& [step, what] : progress.steps) {
      out += fmt::format("  {}: {}\n", step, what.empty() ? "not yet" : what);
    }
    if (progress.complete) {
      out += "  it waits for what must not come, or for the end\n";
    }
  }
  return out;
}

std::string ToText(const LineReport& report, const Options& options) {
  std::string out = HeadText(report);
  out += report.events.empty() ? "no signature or rule has it\n" : "matched:\n";
  for (const LineEvent& event : report.events) {
    out += EventText(report, event);
  }
  const size_t shown = std::min(report.misses.size(), kMissesShown);
  if (shown > 0) {
    out += options.subject.empty() ? "looked at, since a phrase stands there, "
                                     "but not matched:\n"
                                   : "not matched:\n";
  }
  for (size_t k = 0; k < shown; ++k) {
    out += fmt::format("  {}: {}\n", report.misses[k].name,
                       MissText(report, report.misses[k]));
  }
  if (shown < report.misses.size()) {
    out += fmt::format("  and {} more (--format json has all)\n",
                       report.misses.size() - shown);
  }
  return out + RuleText(options.subject, report);
}

// --------------------------------------------------------------------- JSON

Json TextsJson(const driver::NamedTexts& texts) {
  Json json = Json::object();
  for (const auto& [name, text] : texts) {
    json[name] = text;
  }
  return json;
}

const char* WhyName(LineMiss::Why why) {
  switch (why) {
    case LineMiss::Why::Phrase:
      return "phrase";
    case LineMiss::Why::Source:
      return "source";
    case LineMiss::Why::Block:
      return "block";
    case LineMiss::Why::Dropped:
      return "dropped";
    case LineMiss::Why::Pattern:
      return "pattern";
    case LineMiss::Why::Where:
      return "where";
  }
  return "";
}

Json EventsJson(const LineReport& report) {
  Json json = Json::array();
  for (const LineEvent& event : report.events) {
    Json verdict = Json::array();
    for (const driver::NamedNode& node : event.verdict) {
      verdict.push_back({{"axis", node.axis}, {"node", node.path}});
    }
    json.push_back(
        {{"kind", event.kind},
         {"name", event.name},
         {"line", event.line},
         {"column", event.column == 0 ? Json(nullptr) : Json(event.column)},
         {"verdict", std::move(verdict)},
         {"values", TextsJson(event.values)},
         {"fate", event.fate},
         {"by", event.by.empty() ? Json(nullptr) : Json(event.by)},
         {"by_line", event.by.empty() ? Json(nullptr) : Json(event.by_line)},
         {"reason", event.reason}});
  }
  return json;
}

Json MissesJson(const LineReport& report) {
  Json json = Json::array();
  for (const LineMiss& miss : report.misses) {
    Json one = {{"name", miss.name}, {"why", WhyName(miss.why)}};
    if (miss.why == LineMiss::Why::Pattern ||
        miss.why == LineMiss::Why::Phrase) {
      one["forbidden"] = miss.forbidden;
      one["matched"] = miss.matched;
      one["expected"] = miss.expected;
      one["instead"] = miss.instead;
      one["line"] = miss.line;
      one["begin"] = miss.begin;
      one["stop"] = miss.stop;
    } else if (miss.why == LineMiss::Why::Where) {
      one["where"] = miss.where;
      one["values"] = TextsJson(miss.values);
    }
    json.push_back(std::move(one));
  }
  return json;
}

Json ToJson(const LineReport& report) {
  Json phrases = Json::array();
  for (const auto& [name, phrase] : report.phrases) {
    phrases.push_back({{"name", name}, {"phrase", phrase}});
  }
  Json block = nullptr;
  if (report.block.has_value()) {
    block = {
        {"name", report.block->name},   {"first", report.block->first},
        {"last", report.block->last},   {"finished", report.block->finished},
        {"mixed", report.block->mixed}, {"quiet", report.block->quiet}};
  }
  Json progress = Json::array();
  for (const driver::RuleProgress& one : report.progress) {
    Json steps = Json::array();
    for (const auto& [step, what] : one.steps) {
      steps.push_back({{"step", step},
                       {"taken", what.empty() ? Json(nullptr) : Json(what)}});
    }
    progress.push_back({{"key", one.key},
                        {"steps", std::move(steps)},
                        {"complete", one.complete}});
  }
  return {
      {"file", report.file},
      {"line", report.line},
      {"source", report.source.empty() ? Json(nullptr) : Json(report.source)},
      {"text", report.text},
      {"message", report.message},
      {"record", report.record},
      {"records", report.records},
      {"fields", TextsJson(report.fields)},
      {"dropped", report.dropped},
      {"block", std::move(block)},
      {"phrases", std::move(phrases)},
      {"events", EventsJson(report)},
      {"misses", MissesJson(report)},
      {"steps_here", report.steps_here},
      {"progress", std::move(progress)}};
}

}  // namespace

int ExplainLogLine(const driver::Compilation& compilation,
                   const Options& options) {
  driver::LineQuery query;
  query.path = options.inputs.front();
  query.line = options.line;
  query.source = options.source;
  query.subject = options.subject;
  query.default_year = options.default_year;
  bool unread = false;
  const Result<LineReport> report =
      driver::ExplainLine(compilation, query, &unread);
  if (!report.has_value()) {
    Print(stderr,
          fmt::format("telltale: {}\n", Printable(report.error().message)));
    return unread ? kUnread : kUsage;
  }
  Print(stdout, options.format == Format::Json
                    ? ToJson(*report).dump(2, ' ', false,
                                           Json::error_handler_t::replace) +
                          "\n"
                    : ToText(*report, options));
  return kNothingFound;
}

}  // namespace telltale::cli
