#include "runtime/scan/json_header.h"

#include <nlohmann/json.hpp>

namespace telltale::scan {

namespace {

using Json = nlohmann::json;

const Json* Member(const Json& object, const std::vector<std::string>& path) {
  const Json* at = &object;
  for (const std::string& name : path) {
    if (!at->is_object()) {
      return nullptr;
    }
    const auto found = at->find(name);
    if (found == at->end()) {
      return nullptr;
    }
    at = &*found;
  }
  return at;
}

}  // namespace

bool ParseJson(const vm::Source& source, std::string_view text,
               Header* header) {
  if (source.json.empty() || !text.starts_with('{')) {
    return false;
  }
  const Json object = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  for (const vm::JsonField& field : source.json) {
    if (field.field.valid()) {
      continue;
    }
    const Json* message = Member(object, field.path);
    if (message == nullptr || !message->is_string()) {
      return false;
    }
    header->message =
        header->owned.emplace_back(message->get_ref<const std::string&>());
    header->decoded = true;
  }
  for (const vm::JsonField& field : source.json) {
    const Json* value =
        field.field.valid() ? Member(object, field.path) : nullptr;
    if (value != nullptr && !value->is_null()) {
      header->fields[field.field.index()] = header->owned.emplace_back(
          value->is_string()
              ? value->get<std::string>()
              : value->dump(-1, ' ', false, Json::error_handler_t::replace));
    }
  }
  return true;
}

}  // namespace telltale::scan
