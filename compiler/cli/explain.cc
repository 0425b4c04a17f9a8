// telltale explain: a diagnostic, an item of the rules, or a line of a log.
#include <algorithm>
#include <cstdio>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "compiler/cli/explain_line.h"
#include "compiler/cli/session.h"
#include "compiler/driver/explain_item.h"
#include "runtime/base/embedded.h"

namespace telltale::cli {

namespace {

using Json = nlohmann::ordered_json;
using driver::ItemReport;

std::string Dump(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

// --------------------------------------------------------------------- text

// A name, and what belongs to it: on one line, or each on its own.
class Facts {
 public:
  void Add(std::string_view name, const std::string& value) {
    if (!value.empty()) {
      text_ += fmt::format("  {:<12} {}\n", name, value);
    }
  }
  void Add(std::string_view name, const std::vector<std::string>& values) {
    for (size_t k = 0; k < values.size() && k < kShown; ++k) {
      Add(k == 0 ? name : "", values[k]);
    }
    if (values.size() > kShown) {
      Add("", More(values.size()));
    }
  }
  // Values that are short, on one line.
  void AddJoined(std::string_view name, std::vector<std::string> values) {
    const size_t count = values.size();
    if (count > kShown) {
      values.resize(kShown);
      values.push_back(More(count));
    }
    Add(name, fmt::format("{}", fmt::join(values, ", ")));
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  static constexpr size_t kShown = 12;

  static std::string More(size_t count) {
    return fmt::format("and {} more (--format json has all)", count - kShown);
  }

  std::string text_;
};

std::string ValueText(const driver::NamedValue& value) {
  return fmt::format("{}: {}{}", value.name, value.type,
                     value.is_field       ? ", a field of the header"
                     : value.maybe_absent ? ", maybe absent"
                                          : "");
}

std::string ReachingText(const driver::Reaching& reaching) {
  return fmt::format("{}{}{}", fmt::join(reaching.events, ", "),
                     reaching.back.empty() ? "" : " back " + reaching.back,
                     reaching.for_.empty() ? "" : " for " + reaching.for_);
}

// Two digits; what hardly ever happens is not told in powers of ten.
std::string AboutText(double count) {
  return count < 0.001   ? "under 0.001"
         : count < 100.0 ? fmt::format("{:.2g}", count)
                         : fmt::format("{:.0f}", count);
}

std::string PriceText(const driver::Price& price) {
  std::string out(driver::PriceName(price.cls));
  out += ": in a MB of log about ";
  if (price.cls != driver::Price::Class::EveryRecord) {
    out += AboutText(price.stops) + " stops, ";
  }
  return out + fmt::format("{} records tried, by {} instructions",
                           AboutText(price.tries), price.instructions);
}

void AddSignature(const driver::SignatureFacts& facts, Facts* out) {
  out->Add("pattern", facts.pattern);
  out->Add("where", facts.where);
  out->AddJoined("in", facts.blocks);
  out->AddJoined("of source", facts.sources);
  out->Add("phrases", facts.phrases);
  out->Add("evidence",
           fmt::format("{} bytes of fixed text{}", facts.evidence,
                       facts.where.empty() ? "" : " and a condition"));
  out->Add("price", PriceText(facts.price));
  std::vector<std::string> lines;
  for (const driver::NamedValue& value : facts.values) {
    lines.push_back(ValueText(value));
  }
  out->Add("captures", lines);
  for (const bool wins : {false, true}) {
    lines.clear();
    for (const driver::Rival& rival : facts.rivals) {
      if (rival.wins == wins) {
        lines.push_back(rival.name + ": " + rival.reason);
      }
    }
    out->Add(wins ? "loses to" : "beats", lines);
  }
  out->Add("examples",
           fmt::format("{} hits, {} misses", facts.hits, facts.misses));
}

std::string BytesText(uint64_t bytes) {
  vm::Value value;
  value.type = vm::Type::Bytes;
  value.present = true;
  value.i = static_cast<int64_t>(bytes);
  return vm::ToText(value);
}

void AddRule(const driver::RuleFacts& facts, Facts* out) {
  out->Add("steps", facts.steps);
  out->AddJoined("events", facts.events);
  out->AddJoined("within", facts.within);
  out->AddJoined("by", facts.by);
  out->Add("at", facts.at);
  out->Add("during", facts.during);
  out->Add("state", fmt::format("{} registers a key, at most {} keys: under "
                                "about {}",
                                facts.registers, facts.capacity,
                                BytesText(facts.memory)));
}

std::vector<std::string> PatternLines(
    const std::vector<std::pair<std::string, std::string>>& patterns) {
  std::vector<std::string> lines;
  for (const auto& [word, text] : patterns) {
    lines.push_back(word + " " + text);
  }
  return lines;
}

void AddBlock(const driver::BlockFacts& facts, Facts* out) {
  out->Add("patterns", PatternLines(facts.patterns));
  out->Add("phrases", facts.phrases);
  out->Add("price", PriceText(facts.price));
  out->Add("lines",
           fmt::format("at most {}{}", facts.max_lines,
                       facts.quiet ? ", for its signatures only" : ""));
  std::vector<std::string> lines;
  for (const driver::NamedValue& value : facts.values) {
    lines.push_back(ValueText(value));
  }
  out->Add("captures", lines);
  out->AddJoined("signatures", facts.signatures);
}

void AddSource(const driver::SourceFacts& facts, Facts* out) {
  out->Add("patterns", PatternLines(facts.patterns));
  std::vector<std::string> fields;
  for (const driver::NamedValue& field : facts.fields) {
    fields.push_back(field.name + ": " + field.type);
  }
  out->AddJoined("fields", fields);
  out->AddJoined("keys", facts.keys);
  out->Add("clock", facts.clock);
  out->AddJoined("signatures", facts.signatures);
}

std::string ItemText(const ItemReport& item) {
  Facts facts;
  facts.Add("defined", fmt::format("{}:{}", item.file, item.line));
  for (const driver::NamedNode& node : item.verdict) {
    facts.Add(node.axis, fmt::format("{}  [{}]", node.title, node.path));
  }
  facts.AddJoined("by a table", item.looked_up);
  facts.Add("role", item.role);
  if (item.signature.has_value()) {
    AddSignature(*item.signature, &facts);
  } else if (item.rule.has_value()) {
    AddRule(*item.rule, &facts);
  } else if (item.block.has_value()) {
    AddBlock(*item.block, &facts);
  } else if (item.source.has_value()) {
    AddSource(*item.source, &facts);
  }
  for (const driver::Reaching& reaching : item.explains) {
    facts.Add("explains", ReachingText(reaching));
  }
  for (const driver::Reaching& reaching : item.clears) {
    facts.Add("clears", ReachingText(reaching));
  }
  facts.AddJoined("over", item.over);
  facts.AddJoined("explained by", item.explained_by);
  facts.AddJoined("cleared by", item.cleared_by);
  facts.AddJoined("beaten by", item.beaten_by);
  facts.AddJoined("used by", item.used_by);
  return fmt::format("{} {}\n{}", item.kind, item.name, facts.text());
}

// --------------------------------------------------------------------- JSON

Json PriceJson(const driver::Price& price) {
  return {{"class", driver::PriceName(price.cls)},
          {"stops_per_mb", price.stops},
          {"tries_per_mb", price.tries},
          {"instructions", price.instructions}};
}

Json ValuesJson(const std::vector<driver::NamedValue>& values) {
  Json json = Json::array();
  for (const driver::NamedValue& value : values) {
    json.push_back({{"name", value.name},
                    {"type", value.type},
                    {"maybe_absent", value.maybe_absent},
                    {"field", value.is_field}});
  }
  return json;
}

Json PatternsJson(
    const std::vector<std::pair<std::string, std::string>>& patterns) {
  Json json = Json::array();
  for (const auto& [word, text] : patterns) {
    json.push_back({{"clause", word}, {"text", text}});
  }
  return json;
}

Json ReachingsJson(const std::vector<driver::Reaching>& reachings) {
  Json json = Json::array();
  for (const driver::Reaching& reaching : reachings) {
    json.push_back({{"events", reaching.events},
                    {"back", reaching.back},
                    {"for", reaching.for_}});
  }
  return json;
}

Json DetailJson(const ItemReport& item) {
  if (item.signature.has_value()) {
    const driver::SignatureFacts& facts = *item.signature;
    Json rivals = Json::array();
    for (const driver::Rival& rival : facts.rivals) {
      rivals.push_back({{"name", rival.name},
                        {"wins", rival.wins},
                        {"reason", rival.reason}});
    }
    return {{"pattern", facts.pattern},
            {"where", facts.where},
            {"blocks", facts.blocks},
            {"sources", facts.sources},
            {"phrases", facts.phrases},
            {"evidence", facts.evidence},
            {"price", PriceJson(facts.price)},
            {"captures", ValuesJson(facts.values)},
            {"rivals", std::move(rivals)},
            {"hits", facts.hits},
            {"misses", facts.misses}};
  }
  if (item.rule.has_value()) {
    const driver::RuleFacts& facts = *item.rule;
    return {{"steps", facts.steps},
            {"events", facts.events},
            {"within", facts.within},
            {"by", facts.by},
            {"at", facts.at},
            {"during", facts.during},
            {"registers", facts.registers},
            {"capacity", facts.capacity},
            {"memory_bytes", facts.memory}};
  }
  if (item.block.has_value()) {
    const driver::BlockFacts& facts = *item.block;
    return {{"patterns", PatternsJson(facts.patterns)},
            {"phrases", facts.phrases},
            {"price", PriceJson(facts.price)},
            {"max_lines", facts.max_lines},
            {"quiet", facts.quiet},
            {"captures", ValuesJson(facts.values)},
            {"signatures", facts.signatures}};
  }
  const driver::SourceFacts& facts = *item.source;
  return {{"patterns", PatternsJson(facts.patterns)},
          {"fields", ValuesJson(facts.fields)},
          {"keys", facts.keys},
          {"clock", facts.clock},
          {"signatures", facts.signatures}};
}

Json ItemJson(const ItemReport& item) {
  Json verdict = Json::array();
  for (const driver::NamedNode& node : item.verdict) {
    verdict.push_back(
        {{"axis", node.axis}, {"node", node.path}, {"title", node.title}});
  }
  Json json = {{"kind", item.kind},
               {"name", item.name},
               {"file", item.file},
               {"line", item.line},
               {"verdict", std::move(verdict)},
               {"looked_up", item.looked_up},
               {"role", item.role},
               {"explains", ReachingsJson(item.explains)},
               {"clears", ReachingsJson(item.clears)},
               {"over", item.over},
               {"explained_by", item.explained_by},
               {"cleared_by", item.cleared_by},
               {"beaten_by", item.beaten_by},
               {"used_by", item.used_by}};
  json.update(DetailJson(item));
  return json;
}

// ----------------------------------------------------------------- commands

bool ExplainCode(const Options& options) {
  for (const EmbeddedFile& page : DiagnosticPages()) {
    if (page.name == options.subject + ".md") {
      Print(stdout, options.format == Format::Json
                        ? Dump({{"code", options.subject}, {"page", page.text}})
                        : std::string(page.text));
      return true;
    }
  }
  return false;
}

// E101, W702: what no item is likely to be called.
bool LooksLikeCode(const std::string& text) {
  return text.size() == 4 && (text[0] == 'E' || text[0] == 'W') &&
         std::all_of(text.begin() + 1, text.end(),
                     [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

int RunExplain(const Options& options) {
  const bool of_line = !options.inputs.empty();
  if (!of_line && ExplainCode(options)) {
    return kNothingFound;
  }
  if (!of_line && LooksLikeCode(options.subject)) {
    Print(stderr, fmt::format("telltale: there is no diagnostic `{}`\n",
                              options.subject));
    return kUsage;
  }
  driver::CompileOptions compile;
  compile.rules = options.rules;
  compile.settings = options.settings;
  compile.self_test = false;
  const auto compilation = driver::Compile(compile);
  if (!compilation->ok) {
    PrintDiagnostics(options, compilation.get());
    return kBadRules;
  }
  if (of_line) {
    return ExplainLogLine(*compilation, options);
  }
  const std::vector<ItemReport> items =
      driver::ExplainItem(*compilation, options.subject);
  if (items.empty()) {
    const auto meant = driver::ClosestItem(*compilation, options.subject);
    Print(stderr,
          fmt::format(
              "telltale: `{}` is no diagnostic, and no signature, rule, "
              "block or source{}\n",
              options.subject,
              meant.has_value() ? fmt::format("; did you mean `{}`?", *meant)
                                : ""));
    return kUsage;
  }
  Json all = Json::array();
  std::string text;
  for (const ItemReport& item : items) {
    text += (text.empty() ? "" : "\n") + ItemText(item);
    all.push_back(ItemJson(item));
  }
  Print(stdout, options.format == Format::Json ? Dump(all) : text);
  return kNothingFound;
}

}  // namespace telltale::cli
