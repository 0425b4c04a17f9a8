#include <nlohmann/json.hpp>

#include "runtime/report/report.h"

namespace telltale::report {

namespace {

using Json = nlohmann::ordered_json;

std::string Dump(const Json& json) {
  // Logs hold any bytes: invalid UTF-8 becomes U+FFFD.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json Time(int64_t time) {
  return time == scan::kNoTime ? Json(nullptr) : Json(vm::FormatTime(time));
}

Json ValueJson(const vm::Value& value) {
  if (!value.present) {
    return nullptr;
  }
  switch (value.type) {
    case vm::Type::Int:
    case vm::Type::Bytes:
      return value.i;
    case vm::Type::Hex:
      return static_cast<uint64_t>(value.i);
    case vm::Type::Float:
    case vm::Type::Percent:
      return value.f;
    case vm::Type::Duration:
      return static_cast<double>(value.i) / 1e9;  // seconds
    case vm::Type::Time:
      return Time(value.i);
    case vm::Type::Bool:
      return value.i != 0;
    case vm::Type::Error:
    case vm::Type::Ip:
    case vm::Type::Pci:
    case vm::Type::Path:
    case vm::Type::Version:
    case vm::Type::Word:
    case vm::Type::Text:
    case vm::Type::Enum:
    case vm::Type::Node:
      return vm::ToText(value);
  }
  return nullptr;
}

Json NodeJson(const vm::Program& program, vm::NodeId id) {
  if (!id.valid()) {
    return nullptr;
  }
  const vm::Node& node = program.nodes[id.index()];
  return {{"node", node.path},
          {"study", node.study.empty() ? Json(nullptr) : Json(node.study)},
          {"title", node.title}};
}

Json Keys(const scan::Engine& engine, const scan::Event& event) {
  Json keys = Json::object();
  for (size_t k = 0; k < event.keys.size(); ++k) {
    if (event.keys[k].present) {
      keys[engine.program().fields[engine.key_fields()[k].index()].name] =
          ValueJson(event.keys[k]);
    }
  }
  return keys;
}

Json Captures(const vm::Program& program, const scan::Event& event) {
  Json captures = Json::object();
  if (program.is_signature(event.type)) {
    const std::vector<vm::Slot>& slots =
        program.signatures[event.type.index()].slots;
    for (size_t k = 0; k < slots.size() && k < event.slots.size(); ++k) {
      if (!slots[k].derived.has_value()) {
        captures[slots[k].name] = ValueJson(event.slots[k]);
      }
    }
  }
  return captures;
}

Json Flags(uint16_t flags) {
  static constexpr std::pair<uint16_t, const char*> kNames[] = {
      {scan::kAtEof, "at_eof"},          {scan::kAtStart, "at_start"},
      {scan::kEvicted, "evicted"},       {scan::kNoClock, "no_clock"},
      {scan::kLongLine, "long_line"},    {scan::kMixed, "mixed"},
      {scan::kUnfinished, "unfinished"},
  };
  Json names = Json::array();
  for (const auto& [flag, name] : kNames) {
    if ((flags & flag) != 0) {
      names.push_back(name);
    }
  }
  return names;
}

const char* KindOf(const vm::Program& program, vm::EventId type) {
  return program.is_signature(type) ? "sig"
         : program.is_rule(type)    ? "rule"
                                    : "block";
}

Json Groups(const vm::Program& program,
            const std::vector<scan::FileScan>& files,
            const std::vector<verdict::Group>& groups) {
  Json out = Json::array();
  for (const verdict::Group& group : groups) {
    out.push_back({{"sig", program.event_name(group.type)},
                   {"file", files[group.file].name},
                   {"line", group.line},
                   {"count", group.count}});
  }
  return out;
}

void AddPlace(const scan::FileScan& file, const scan::Event& event,
              Json* json) {
  (*json)["file"] = file.name;
  (*json)["line"] = event.line;
  (*json)["offset"] = event.offset;
  (*json)["text"] = std::string(event.text);
  (*json)["time"] = Time(event.time);
}

Json FindingJson(const scan::Engine& engine,
                 const std::vector<scan::FileScan>& files,
                 const verdict::Finding& finding) {
  const vm::Program& program = engine.program();
  const scan::Event& event = *finding.event;
  Json json;
  json[KindOf(program, finding.type)] = program.event_name(finding.type);
  AddPlace(files[event.file], event, &json);
  json["keys"] = Keys(engine, event);
  json["captures"] = Captures(program, event);
  json["symptom"] = NodeJson(program, finding.verdict.symptom);
  json["cause"] = NodeJson(program, finding.verdict.cause);
  json["stage"] = NodeJson(program, finding.verdict.stage);
  json["certainty"] = verdict::CertaintyName(finding.certainty);
  json["flags"] = Flags(finding.flags);
  json["count"] = finding.count;
  json["explains"] = Groups(program, files, finding.explains);
  json["confirmed_by"] = Groups(program, files, finding.confirmed_by);
  Json evidence = Json::array();
  for (const scan::Event* step : finding.evidence) {
    evidence.push_back({{"sig", program.event_name(step->type)},
                        {"file", files[step->file].name},
                        {"line", step->line}});
  }
  json["evidence"] = std::move(evidence);
  json["note"] = finding.note.empty() ? Json(nullptr) : Json(finding.note);
  json["see"] = finding.see.empty() ? Json(nullptr) : Json(finding.see);
  return json;
}

Json RunJson(const scan::Engine& engine, const Stream& stream,
             const verdict::RunVerdict* run) {
  Json json;
  Json names = Json::array();
  uint64_t bytes = 0;
  uint64_t lines = 0;
  uint64_t dropped = 0;
  Json sources = Json::array();
  for (const scan::FileScan& file : stream.files) {
    names.push_back(file.name);
    sources.push_back(file.source.empty() ? Json(nullptr) : Json(file.source));
    bytes += file.bytes;
    lines += file.lines;
    dropped += file.dropped_events;
  }
  json["files"] = std::move(names);
  json["sources"] = std::move(sources);
  json["bytes"] = bytes;
  json["lines"] = lines;
  json["run"] = run == nullptr ? Json(nullptr) : Json(run->run + 1);
  json["runs"] = stream.verdict.runs.size();
  json["outcome"] = verdict::OutcomeName(
      run == nullptr ? verdict::Outcome::Unknown : run->outcome);
  json["roots"] = Json::array();
  json["alternatives"] = Json::array();
  json["survived"] = Json::array();
  if (run != nullptr) {
    if (run->root.has_value()) {
      json["roots"].push_back(FindingJson(engine, stream.files, *run->root));
    }
    for (const verdict::Finding& other : run->alternatives) {
      json["alternatives"].push_back(FindingJson(engine, stream.files, other));
    }
    json["survived"] = Groups(engine.program(), stream.files, run->survived);
  }
  Json unread = Json::array();
  for (const scan::Gap& gap : stream.unread) {
    unread.push_back(
        {{"file", gap.file},
         {"offset", gap.offset},
         {"bytes", gap.bytes == 0 ? Json(nullptr) : Json(gap.bytes)},
         {"reason", gap.reason}});
  }
  json["unread"] = std::move(unread);
  json["dropped_events"] = dropped;
  return json;
}

}  // namespace

std::string WhyJson(const scan::Engine& engine,
                    const std::vector<Stream>& streams,
                    const RunChoice& choice) {
  Json all = Json::array();
  for (const Stream& stream : streams) {
    const auto chosen = Chosen(stream.verdict, choice);
    for (const verdict::RunVerdict* run : chosen) {
      all.push_back(RunJson(engine, stream, run));
    }
    if (chosen.empty()) {  // what was not read must be told all the same
      all.push_back(RunJson(engine, stream, nullptr));
    }
  }
  return all.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string EventJson(const scan::Engine& engine, const scan::FileScan& file,
                      const verdict::Timeline& timeline,
                      const verdict::Occurrence& at) {
  const vm::Program& program = engine.program();
  const scan::Event& event = *at.event;
  Json json;
  json[KindOf(program, event.type)] = program.event_name(event.type);
  AddPlace(file, event, &json);
  json["run"] = at.run + 1;
  json["keys"] = Keys(engine, event);
  json["captures"] = Captures(program, event);
  const vm::Verdict verdict = verdict::VerdictOf(engine, timeline, at);
  json["symptom"] = NodeJson(program, verdict.symptom);
  json["cause"] = NodeJson(program, verdict.cause);
  json["stage"] = NodeJson(program, verdict.stage);
  json["outcome"] = NodeJson(program, verdict.outcome);
  json["flags"] = Flags(event.flags);
  return Dump(json) + "\n";
}

}  // namespace telltale::report
