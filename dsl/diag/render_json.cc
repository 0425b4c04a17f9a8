#include <nlohmann/json.hpp>

#include "dsl/diag/render.h"

namespace telltale {

namespace {

using Json = nlohmann::ordered_json;

Json PlaceJson(const SourceMap& sources, Span span) {
  const SourceMap::Place begin = sources.PlaceOf(span.begin);
  const SourceMap::Place end = sources.PlaceOf(span.end);
  return {{"file", begin.file},       {"line", begin.line},
          {"column", begin.column},   {"end_line", end.line},
          {"end_column", end.column}, {"length", span.size()}};
}

}  // namespace

std::string RenderJson(const SourceMap& sources,
                       std::span<const Diagnostic> diagnostics) {
  Json all = Json::array();
  for (const Diagnostic& diagnostic : diagnostics) {
    Json json;
    json["code"] = diagnostic.code;
    json["severity"] = SeverityName(diagnostic.severity);
    json["message"] = diagnostic.message;
    if (!sources.empty()) {
      json.update(PlaceJson(sources, diagnostic.span));
      json["labels"] = Json::array();
      for (const Diagnostic::Label& label : diagnostic.labels) {
        Json entry = PlaceJson(sources, label.span);
        entry["text"] = label.text;
        json["labels"].push_back(std::move(entry));
      }
      json["fixes"] = Json::array();
      for (const Diagnostic::Fix& fix : diagnostic.fixes) {
        Json entry = PlaceJson(sources, fix.span);
        entry["text"] = fix.text;
        json["fixes"].push_back(std::move(entry));
      }
    }
    json["notes"] = diagnostic.notes;
    json["helps"] = diagnostic.helps;
    all.push_back(std::move(json));
  }
  return all.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace telltale
