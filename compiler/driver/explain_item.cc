#include "compiler/driver/explain_item.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "compiler/driver/rivalry.h"
#include "compiler/driver/tiers.h"
#include "compiler/plan/dump.h"
#include "compiler/plan/literals.h"
#include "dsl/diag/suggest.h"
#include "runtime/verdict/rivals.h"
#include "runtime/verdict/rule_state.h"
#include "runtime/verdict/verdict.h"

namespace telltale::driver {

namespace {

constexpr double kMegabyte = 1e6;
constexpr double kRecordBytes = 100;  // of a usual record

// ------------------------------------------------------------------- prices

double BitsOf(std::string_view text) {
  double bits = 0;
  for (const char c : text) {
    vm::Gram one;
    one.size = 1;
    one.bytes[0] = static_cast<uint8_t>(c);
    bits += plan::Rarity(one);
  }
  return bits;
}

Price PriceOf(const vm::Program& program, const vm::Gate& gate,
              const std::vector<vm::TermId>& terms) {
  Price price;
  for (const vm::TermId term : terms) {
    price.instructions += program.terms[term.index()].code.size();
  }
  if (gate.any_of.empty()) {
    price.tries = kMegabyte / kRecordBytes;
    return price;
  }
  for (const vm::Phrase& phrase : gate.any_of) {
    const double gram = plan::Rarity(phrase.gram);
    price.stops += kMegabyte * std::exp2(-gram);
    price.tries += kMegabyte * std::exp2(-gram - BitsOf(phrase.before) -
                                         BitsOf(phrase.after));
  }
  price.cls = price.stops < 10     ? Price::Class::Cheap
              : price.stops < 1000 ? Price::Class::Fair
                                   : Price::Class::Dear;
  return price;
}

// ------------------------------------------------------------------- values

std::string ReachText(const vm::Reach& reach) {
  switch (reach.kind) {
    case vm::Reach::Kind::None:
      return "";
    case vm::Reach::Kind::Run:
      return "run";
    case vm::Reach::Kind::Stream:
      return "stream";
    case vm::Reach::Kind::Lines:
      return fmt::format("{} lines", reach.amount);
    case vm::Reach::Kind::Duration: {
      vm::Value value;
      value.type = vm::Type::Duration;
      value.present = true;
      value.i = reach.amount;
      return vm::ToText(value);
    }
  }
  return "";
}

const char* AxisName(vm::Axis axis) {
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

const char* RoleName(vm::Role role) {
  switch (role) {
    case vm::Role::Root:
      return "root";
    case vm::Role::Cascade:
      return "cascade";
    case vm::Role::Confirm:
      return "confirm";
    case vm::Role::Context:
      return "context";
  }
  return "";
}

// Rule text on one line, without comments.
std::string OneLine(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (!blank) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  return out;
}

bool Holds(const std::vector<vm::EventId>& sorted, vm::EventId event) {
  return std::binary_search(sorted.begin(), sorted.end(), event);
}

// ----------------------------------------------------------------- the items

class Explainer {
 public:
  explicit Explainer(const Compilation& compilation)
      : compilation_(compilation),
        module_(compilation.module),
        program_(compilation.program) {}

  ItemReport Signature(uint32_t index) const {
    const hir::Signature& tree = module_.signatures[index];
    const vm::Signature& signature = program_.signatures[index];
    ItemReport report = Begin("sig", tree.meaning.name, tree.meaning.span);
    AddMeaning(vm::EventId(index), &report);
    SignatureFacts facts;
    facts.pattern = Written(tree.pattern.span);
    facts.where = tree.where.has_value() ? Written(tree.where->span) : "";
    AddPhrases(signature.gate, &facts.phrases);
    facts.price = PriceOf(program_, signature.gate, signature.pattern.terms);
    facts.evidence = signature.meaning.evidence / 2;
    for (const vm::SourceId source : tree.in_sources) {
      facts.sources.push_back(module_.sources[source.index()].name);
    }
    for (const vm::BlockId block : tree.in_blocks) {
      facts.blocks.push_back(module_.blocks[block.index()].name);
    }
    for (const hir::Slot& slot : tree.slots) {
      if (!slot.derived.has_value()) {
        facts.values.push_back({slot.name, std::string(vm::TypeName(slot.type)),
                                slot.maybe_absent, !slot.capture.has_value()});
      }
    }
    for (const hir::Example& example : tree.examples) {
      ++(example.hit ? facts.hits : facts.misses);
    }
    facts.rivals = RivalsOf(index);
    report.signature = std::move(facts);
    return report;
  }

  ItemReport Rule(size_t index) const {
    const hir::Rule& tree = module_.rules[index];
    const vm::Rule& rule = program_.rules[index];
    ItemReport report = Begin("rule", tree.meaning.name, tree.meaning.span);
    AddMeaning(program_.rule_event(index), &report);
    RuleFacts facts;
    for (const hir::Step& step : tree.steps) {
      facts.steps.push_back(Written(step.span));
      for (const vm::EventId event : step.events) {
        const std::string& name = program_.event_name(event);
        if (std::find(facts.events.begin(), facts.events.end(), name) ==
            facts.events.end()) {
          facts.events.push_back(name);
        }
      }
    }
    for (const vm::Reach& reach : rule.within) {
      facts.within.push_back(ReachText(reach));
    }
    for (size_t part = 0; part < rule.key_parts; ++part) {
      facts.by.push_back(KeyName(rule, part));
    }
    facts.at = rule.at.has_value() ? rule.steps[*rule.at].alias : "";
    facts.during =
        rule.during.valid() ? program_.nodes[rule.during.index()].path : "";
    facts.registers = verdict::PlacesOf(rule);
    facts.capacity = rule.key_parts == 0 ? 1 : rule.capacity;
    facts.memory = MemoryOf(rule) * facts.capacity;
    report.rule = std::move(facts);
    return report;
  }

  ItemReport Block(size_t index) const {
    const hir::Block& tree = module_.blocks[index];
    const vm::Block& block = program_.blocks[index];
    ItemReport report = Begin("block", tree.name, tree.span);
    AddOthers(program_.block_event(vm::BlockId(index)), &report);
    BlockFacts facts;
    facts.patterns.emplace_back("open", Written(tree.open.span));
    AddPatterns("body", tree.bodies, &facts.patterns);
    AddPatterns("close", tree.closes, &facts.patterns);
    AddPatterns("chain", tree.chains, &facts.patterns);
    AddPhrases(block.gate, &facts.phrases);
    facts.price = PriceOf(program_, block.gate, block.open.terms);
    facts.max_lines = tree.max_lines;
    facts.quiet = tree.quiet;
    for (const hir::Capture& capture : tree.captures) {
      facts.values.push_back({capture.name,
                              std::string(vm::TypeName(capture.type)),
                              capture.maybe_absent, false});
    }
    for (const hir::Signature& signature : module_.signatures) {
      if (std::find(signature.in_blocks.begin(), signature.in_blocks.end(),
                    vm::BlockId(index)) != signature.in_blocks.end()) {
        facts.signatures.push_back(signature.meaning.name);
      }
    }
    report.block = std::move(facts);
    return report;
  }

  ItemReport Source(size_t index) const {
    const hir::Source& tree = module_.sources[index];
    ItemReport report = Begin("source", tree.name, tree.span);
    SourceFacts facts;
    std::vector<vm::FieldId> fields;
    const auto add = [&](vm::FieldId field) {
      if (field.valid() &&
          std::find(fields.begin(), fields.end(), field) == fields.end()) {
        fields.push_back(field);
      }
    };
    for (const hir::FileGlob& file : tree.files) {
      facts.patterns.emplace_back("files", file.glob);
      std::for_each(file.fields.begin(), file.fields.end(), add);
    }
    for (const hir::HeaderPattern& prefix : tree.prefixes) {
      facts.patterns.emplace_back("prefix", Written(prefix.pattern.span));
      std::for_each(prefix.fields.begin(), prefix.fields.end(), add);
    }
    for (const vm::JsonField& member : tree.json) {
      std::string path;
      for (const std::string& part : member.path) {
        path += (path.empty() ? "" : ".") + part;
      }
      facts.patterns.emplace_back(
          "json",
          (member.field.valid() ? module_.fields[member.field.index()].name
                                : std::string("msg")) +
              " " + path);
      add(member.field);
    }
    for (const hir::HeaderPattern& line : tree.lines) {
      facts.patterns.emplace_back("line", Written(line.pattern.span));
      std::for_each(line.fields.begin(), line.fields.end(), add);
    }
    AddPatterns("run", tree.runs, &facts.patterns);
    AddPatterns("drop", tree.drops, &facts.patterns);
    for (const vm::FieldId field : fields) {
      const hir::Field& of = module_.fields[field.index()];
      facts.fields.push_back(
          {of.name, std::string(vm::TypeName(of.type)), true, true});
    }
    for (const vm::FieldId key : tree.keys) {
      facts.keys.push_back(module_.fields[key.index()].name);
    }
    facts.clock =
        tree.clock.valid() ? module_.fields[tree.clock.index()].name : "";
    for (const hir::Signature& signature : module_.signatures) {
      if (std::find(signature.in_sources.begin(), signature.in_sources.end(),
                    vm::SourceId(index)) != signature.in_sources.end()) {
        facts.signatures.push_back(signature.meaning.name);
      }
    }
    report.source = std::move(facts);
    return report;
  }

 private:
  std::string Written(Span span) const { return WrittenAs(compilation_, span); }

  ItemReport Begin(const char* kind, const std::string& name, Span span) const {
    ItemReport report;
    report.kind = kind;
    report.name = name;
    const SourceMap::Place place = compilation_.sources.PlaceOf(span.begin);
    report.file = place.file;
    report.line = place.line;
    return report;
  }

  static void AddPhrases(const vm::Gate& gate, std::vector<std::string>* out) {
    for (const vm::Phrase& phrase : gate.any_of) {
      out->push_back(plan::PhraseText(phrase));
    }
  }

  void AddPatterns(
      const char* word, const std::vector<hir::Pattern>& patterns,
      std::vector<std::pair<std::string, std::string>>* out) const {
    for (const hir::Pattern& pattern : patterns) {
      out->emplace_back(word, Written(pattern.span));
    }
  }

  std::vector<std::string> Names(const std::vector<vm::EventId>& events) const {
    std::vector<std::string> names;
    for (const vm::EventId event : events) {
      names.push_back(program_.event_name(event));
    }
    return names;
  }

  std::vector<Reaching> Reachings(
      const std::vector<vm::Explains>& clauses) const {
    std::vector<Reaching> out;
    for (const vm::Explains& clause : clauses) {
      out.push_back({Names(clause.events), ReachText(clause.back),
                     ReachText(clause.for_)});
    }
    return out;
  }

  void AddMeaning(vm::EventId event, ItemReport* report) const {
    const vm::Meaning& meaning = *program_.meaning(event);
    report->verdict = NodesOf(program_, meaning.verdict);
    for (const vm::VerdictLookup& lookup : meaning.lookups) {
      report->looked_up.emplace_back(AxisName(lookup.axis));
    }
    report->role = RoleName(meaning.role);
    report->explains = Reachings(meaning.explains);
    report->clears = Reachings(meaning.clears);
    report->over = Names(meaning.over);
    AddOthers(event, report);
  }

  // What others say about it.
  void AddOthers(vm::EventId event, ItemReport* report) const {
    const auto any = [&](const std::vector<vm::Explains>& clauses) {
      return std::any_of(clauses.begin(), clauses.end(),
                         [&](const vm::Explains& clause) {
                           return Holds(clause.events, event);
                         });
    };
    const size_t count = program_.signatures.size() + program_.rules.size();
    for (size_t k = 0; k < count; ++k) {
      const vm::EventId id(k);
      const vm::Meaning& other = *program_.meaning(id);
      if (any(other.explains)) {
        report->explained_by.push_back(other.name);
      }
      if (any(other.clears)) {
        report->cleared_by.push_back(other.name);
      }
      if (Holds(other.over, event)) {
        report->beaten_by.push_back(other.name);
      }
      if (program_.is_rule(id)) {
        const std::vector<vm::Step>& steps = program_.rule(id).steps;
        if (std::any_of(steps.begin(), steps.end(), [&](const vm::Step& step) {
              return Holds(step.events, event);
            })) {
          report->used_by.push_back(other.name);
        }
      }
    }
  }

  // Signatures that were seen on one record with this one: its own hits, and
  // those of all others.
  std::vector<Rival> RivalsOf(uint32_t index) const {
    const auto interpreter = MakeInterpreted(program_);
    const scan::Engine engine(program_, interpreter->matcher(),
                              scan::DetectIsa());
    scan::Scratch scratch(program_);
    std::map<vm::EventId, Rival> rivals;
    for (const hir::Signature& signature : module_.signatures) {
      for (const hir::Example& example : signature.examples) {
        if (example.hit) {
          AddRivals(engine, &scratch, signature, example.text,
                    vm::EventId(index), &rivals);
        }
      }
    }
    std::vector<Rival> out;
    for (auto& [event, rival] : rivals) {
      out.push_back(std::move(rival));
    }
    return out;
  }

  void AddRivals(const scan::Engine& engine, scan::Scratch* scratch,
                 const hir::Signature& signature, const std::string& text,
                 vm::EventId event,
                 std::map<vm::EventId, Rival>* rivals) const {
    const scan::FileScan scan =
        ScanExample(engine, scratch, text, SourceOf(signature));
    const auto competes = [&](const scan::Event& at) {
      verdict::Occurrence occurrence;
      occurrence.event = &at;
      return program_.is_signature(at.type) &&
             verdict::Competes(program_, at.type,
                               verdict::VerdictOf(engine, {}, occurrence));
    };
    for (const scan::Event& own : scan.events) {
      if (own.type != event || !competes(own)) {
        continue;
      }
      for (const scan::Event& other : scan.events) {
        if (other.type == event || other.offset != own.offset ||
            !competes(other)) {
          continue;
        }
        const bool wins = verdict::AdvantageOver(program_, other.type, event) !=
                          verdict::Advantage::None;
        rivals->emplace(other.type,
                        Rival{program_.event_name(other.type), wins,
                              wins ? WhyItWins(program_, other.type, event)
                                   : WhyItWins(program_, event, other.type)});
      }
    }
  }

  static std::string KeyName(const vm::Rule& rule, size_t part) {
    for (const vm::Step& step : rule.steps) {
      if (part < step.key.size() && step.key[part].has) {
        return step.slot_names[step.key[part].slot];
      }
    }
    return "?";
  }

  // Bytes of one key: each register holds a chain, which remembers an
  // occurrence for each step and for each event taken, and its key twice.
  static uint64_t MemoryOf(const vm::Rule& rule) {
    constexpr uint64_t kChain = 200;
    constexpr uint64_t kKeyPart = 48;
    constexpr uint64_t kEntry = 64;
    uint64_t taken = 0;
    uint64_t spread = 0;
    uint64_t history = 0;
    for (const vm::Step& step : rule.steps) {
      taken += step.absent ? 0 : std::max(step.count, step.from.count);
      spread += step.from.count;
      for (const auto& derived : step.slot_derived) {
        if (derived.has_value() &&
            derived->kind != vm::Derived::Kind::Matches) {
          history += derived->count * sizeof(vm::Value);
        }
      }
    }
    const uint64_t chain = kChain + 4 * rule.steps.size() + 4 * taken +
                           kKeyPart * (2 * rule.key_parts + spread);
    return verdict::PlacesOf(rule) * chain + history + kEntry +
           kKeyPart * rule.key_parts;
  }

  const Compilation& compilation_;
  const hir::Module& module_;
  const vm::Program& program_;
};

}  // namespace

std::string_view PriceName(Price::Class cls) {
  switch (cls) {
    case Price::Class::Cheap:
      return "cheap";
    case Price::Class::Fair:
      return "fair";
    case Price::Class::Dear:
      return "dear";
    case Price::Class::EveryRecord:
      return "every record";
  }
  return "";
}

std::vector<NamedNode> NodesOf(const vm::Program& program,
                               const vm::Verdict& verdict) {
  std::vector<NamedNode> nodes;
  for (const vm::NodeId id :
       {verdict.symptom, verdict.cause, verdict.stage, verdict.outcome}) {
    if (id.valid()) {
      const vm::Node& node = program.nodes[id.index()];
      nodes.push_back({AxisName(node.axis), node.path, node.title});
    }
  }
  return nodes;
}

std::string WrittenAs(const Compilation& compilation, Span span) {
  return OneLine(compilation.sources.TextOf(span));
}

std::vector<ItemReport> ExplainItem(const Compilation& compilation,
                                    std::string_view name) {
  const hir::Module& module = compilation.module;
  const Explainer explainer(compilation);
  std::vector<ItemReport> reports;
  for (uint32_t k = 0; k < module.signatures.size(); ++k) {
    if (module.signatures[k].meaning.name == name) {
      reports.push_back(explainer.Signature(k));
    }
  }
  for (size_t k = 0; k < module.rules.size(); ++k) {
    if (module.rules[k].meaning.name == name) {
      reports.push_back(explainer.Rule(k));
    }
  }
  for (size_t k = 0; k < module.blocks.size(); ++k) {
    if (module.blocks[k].name == name) {
      reports.push_back(explainer.Block(k));
    }
  }
  for (size_t k = 0; k < module.sources.size(); ++k) {
    if (module.sources[k].name == name) {
      reports.push_back(explainer.Source(k));
    }
  }
  return reports;
}

std::optional<std::string> ClosestItem(const Compilation& compilation,
                                       std::string_view name) {
  const hir::Module& module = compilation.module;
  std::vector<std::string> names;
  for (const hir::Signature& signature : module.signatures) {
    names.push_back(signature.meaning.name);
  }
  for (const hir::Rule& rule : module.rules) {
    names.push_back(rule.meaning.name);
  }
  for (const hir::Block& block : module.blocks) {
    names.push_back(block.name);
  }
  for (const hir::Source& source : module.sources) {
    names.push_back(source.name);
  }
  return Closest(name, names);
}

}  // namespace telltale::driver
