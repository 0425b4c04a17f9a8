#include "compiler/plan/lower.h"

#include <algorithm>
#include <span>
#include <utility>

#include "compiler/automata/thompson.h"
#include "compiler/plan/evidence.h"
#include "compiler/plan/literals.h"
#include "compiler/plan/lower_predicate.h"
#include "runtime/base/narrow.h"
#include "runtime/vm/limits.h"

namespace telltale::plan {

namespace {

using automata::CaptureRegisters;

bool IsTerm(const hir::Pattern& pattern) {
  return pattern.kind == hir::Pattern::Kind::Term;
}

// Terms joined by `|` alone are one automaton: leftmost first is what `|`
// means.
bool IsAlternatives(const hir::Pattern& pattern) {
  return pattern.kind == hir::Pattern::Kind::Or &&
         std::all_of(pattern.children.begin(), pattern.children.end(), IsTerm);
}

pattern::Node Joined(std::span<const hir::Pattern> terms) {
  std::vector<pattern::Node> nodes;
  for (const hir::Pattern& term : terms) {
    nodes.push_back(term.term);
  }
  return pattern::Alt(std::move(nodes));
}

// A last `{msg}` takes whatever is left, so nobody needs to walk over it: cuts
// it off and says so.
bool CutRest(std::optional<uint32_t> message, pattern::Node* node) {
  if (!message.has_value() || node->kind != pattern::Node::Kind::Cat ||
      node->children.size() < 2 ||
      node->children.back() !=
          pattern::Capture(pattern::AnyRun(true), *message)) {
    return false;
  }
  node->children.pop_back();
  return true;
}

// The slots of all steps stand one after another: those of step k begin at
// `begins[k]`.
void NumberSlots(const std::vector<uint32_t>& begins, hir::Expr* expr) {
  if (expr->kind == hir::Expr::Kind::Slot) {
    expr->slot += begins[expr->step];
  }
  for (hir::Expr& arg : expr->args) {
    NumberSlots(begins, &arg);
  }
}

class Lowering {
 public:
  Lowering(const hir::Module& module, DiagSink& diags)
      : module_(module), diags_(diags) {}

  vm::Program Run() {
    program_.nodes = module_.nodes;
    for (const hir::Field& field : module_.fields) {
      program_.fields.push_back(
          {field.name, field.type, field.capacity, field.is_key});
    }
    for (const hir::Source& source : module_.sources) {
      program_.sources.push_back(LowerSource(source));
    }
    for (const hir::Block& block : module_.blocks) {
      program_.blocks.push_back(LowerBlock(block));
    }
    for (const hir::Signature& signature : module_.signatures) {
      program_.signatures.push_back(LowerSignature(signature));
    }
    for (const hir::Rule& rule : module_.rules) {
      program_.rules.push_back(LowerRule(rule));
    }
    for (const hir::Phase& phase : module_.phases) {
      program_.phases.push_back({phase.node, phase.from, phase.to, phase.by});
    }
    FindBlockEvents();
    return std::move(program_);
  }

 private:
  void AskFor(const std::vector<vm::EventId>& events) {
    const size_t first = program_.signatures.size() + program_.rules.size();
    for (const vm::EventId event : events) {
      if (event.index() >= first) {
        program_.blocks[event.index() - first].is_event = true;
      }
    }
  }

  void AskFor(const hir::Meaning& meaning) {
    for (const auto* links : {&meaning.explains, &meaning.clears}) {
      for (const hir::Explains& link : *links) {
        AskFor(link.events);
      }
    }
  }

  // A block that nobody asks for is no event: it only frames others.
  void FindBlockEvents() {
    for (const hir::Signature& signature : module_.signatures) {
      AskFor(signature.meaning);
    }
    for (const hir::Rule& rule : module_.rules) {
      AskFor(rule.meaning);
      for (const hir::Step& step : rule.steps) {
        AskFor(step.events);
      }
    }
    for (const hir::Phase& phase : module_.phases) {
      AskFor(phase.from);
      AskFor(phase.to);
    }
    for (const hir::Test& test : module_.tests) {
      for (const hir::TestLine& line : test.lines) {
        AskFor(line.expectation.events);
      }
    }
  }

  // `span`: what is too large if the term is.
  vm::TermId AddTerm(const pattern::Node& node, Span span,
                     std::vector<CaptureRegisters>* captures) {
    program_.terms.push_back(automata::BuildTerm(node, captures));
    const vm::Term& term = program_.terms.back();
    const auto refuse = [&](std::string_view what, size_t limit) {
      diags_.Emit(span, diag::PatternTooLarge, what, limit)
          .Help(
              "make several signatures of it, or capture a word and compare "
              "that");
    };
    if (term.code.size() > vm::kMaxTermCode) {
      refuse("instructions", vm::kMaxTermCode);
    } else if (term.registers > vm::kMaxRegisters) {
      refuse("places for captures", vm::kMaxRegisters);
    } else if (term.code.size() * term.registers > vm::kMaxTermState) {
      refuse("instructions times captures", vm::kMaxTermState);
    } else if (program_.terms.size() == vm::kMaxTerms + 1) {
      refuse("patterns in all", vm::kMaxTerms);
    }
    return vm::TermId(program_.terms.size() - 1);
  }

  vm::PredicateId AddPredicate(const std::optional<hir::Expr>& expr) {
    if (!expr.has_value()) {
      return {};
    }
    program_.predicates.push_back(LowerPredicate(*expr));
    if (program_.predicates.back().code.size() > vm::kMaxPredicateCode) {
      diags_
          .Emit(expr->span, diag::PatternTooLarge, "steps of a condition",
                vm::kMaxPredicateCode)
          .Help("look the values up in a `table`");
    }
    return vm::PredicateId(program_.predicates.size() - 1);
  }

  // Headers and file names take terms joined by `|`.
  pattern::Node OneTerm(const hir::Pattern& pattern) {
    if (IsTerm(pattern)) {
      return pattern.term;
    }
    if (IsAlternatives(pattern)) {
      return Joined(pattern.children);
    }
    diags_
        .Emit(pattern.span, diag::Misplaced,
              "a header is one text: `&` and `!` have no place in it")
        .Help("write it as one text, or alternatives joined by `|`");
    return pattern::Nothing();
  }

  static std::vector<vm::FieldSource> Fields(
      const std::vector<CaptureRegisters>& captures,
      const std::vector<vm::FieldId>& fields) {
    std::vector<vm::FieldSource> sources;
    for (const CaptureRegisters& capture : captures) {
      const vm::FieldId field = fields[capture.capture];
      if (field.valid()) {
        sources.push_back({field, capture.begin_register});
      }
    }
    return sources;
  }

  void LowerHeader(const hir::HeaderPattern& header,
                   std::vector<vm::HeaderPattern>* out) {
    const bool single = IsTerm(header.pattern);
    if (!single && !IsAlternatives(header.pattern)) {
      OneTerm(header.pattern);  // reports
      return;
    }
    const std::span<const hir::Pattern> all =
        single ? std::span(&header.pattern, 1)
               : std::span(header.pattern.children);
    // Alternatives that fit anything stand alone: they tell nothing about
    // which source reads a file. So do all where each is anchored: the first
    // that fits is then the leftmost, and small automata are fast ones.
    const auto catch_all = [](const hir::Pattern& pattern) {
      return pattern::MatchesEmpty(pattern.term);
    };
    const bool apart =
        std::all_of(all.begin(), all.end(), [](const hir::Pattern& pattern) {
          return automata::BuildTerm(pattern.term, nullptr).anchored;
        });
    size_t at = 0;
    while (at < all.size()) {
      size_t end = at + 1;
      if (!apart && !catch_all(all[at])) {
        while (end < all.size() && !catch_all(all[end])) {
          ++end;
        }
      }
      std::vector<CaptureRegisters> captures;
      vm::HeaderPattern lowered;
      lowered.catch_all = catch_all(all[at]);
      pattern::Node node = Joined(all.subspan(at, end - at));
      lowered.message_is_rest = CutRest(header.message, &node);
      lowered.term = AddTerm(node, all[at].span, &captures);
      lowered.fields = Fields(captures, header.fields);
      for (const CaptureRegisters& capture : captures) {
        if (header.message == capture.capture) {
          lowered.message_registers.push_back(capture.begin_register);
        }
      }
      out->push_back(std::move(lowered));
      at = end;
    }
  }

  vm::Source LowerSource(const hir::Source& source) {
    vm::Source out;
    out.name = source.name;
    out.keys = source.keys;
    out.clock = source.clock;
    out.skew = source.skew;
    for (const hir::FileGlob& glob : source.files) {
      std::vector<CaptureRegisters> captures;
      vm::FileGlob lowered;
      lowered.glob = glob.glob;
      lowered.term =
          AddTerm(OneTerm(glob.pattern), glob.pattern.span, &captures);
      lowered.fields = Fields(captures, glob.fields);
      out.files.push_back(std::move(lowered));
    }
    for (const hir::HeaderPattern& prefix : source.prefixes) {
      LowerHeader(prefix, &out.prefixes);
    }
    out.json = source.json;
    for (const hir::HeaderPattern& line : source.lines) {
      LowerHeader(line, &out.lines);
    }
    for (const hir::Pattern& run : source.runs) {
      out.runs.push_back({LowerPattern(run, nullptr), GateOf(run)});
    }
    for (const hir::Pattern& drop : source.drops) {
      out.drops.push_back(LowerPattern(drop, nullptr));
    }
    return out;
  }

  vm::Block LowerBlock(const hir::Block& block) {
    vm::Block out;
    out.name = block.name;
    out.max_lines = block.max_lines;
    out.quiet = block.quiet;
    for (const hir::Capture& capture : block.captures) {
      out.slots.push_back({capture.name, capture.type, {}, {}});
    }
    // Slots count the terms of `open`, then those of each `close`.
    uint32_t first = 0;
    const auto add = [&](const hir::Pattern& pattern) {
      std::vector<std::vector<CaptureRegisters>> captures;
      vm::Pattern lowered = LowerPattern(pattern, &captures);
      for (uint32_t t = 0; t < captures.size(); ++t) {
        for (const CaptureRegisters& capture : captures[t]) {
          out.slots[capture.capture].sources.push_back(
              {first + t, capture.begin_register});
        }
      }
      first += Narrow<uint32_t>(lowered.terms.size());
      return lowered;
    };
    out.gate = GateOf(block.open);
    out.open = add(block.open);
    for (const hir::Pattern& body : block.bodies) {
      out.bodies.push_back(LowerPattern(body, nullptr));
    }
    for (const hir::Pattern& chain : block.chains) {
      out.chains.push_back(LowerPattern(chain, nullptr));
    }
    for (const hir::Pattern& close : block.closes) {
      out.closes.push_back(add(close));
    }
    return out;
  }

  vm::Meaning LowerMeaning(const hir::Meaning& meaning) {
    vm::Meaning out;
    out.name = meaning.name;
    out.verdict = meaning.verdict;
    out.lookups = meaning.lookups;
    out.role = meaning.role;
    for (const hir::Explains& explains : meaning.explains) {
      out.explains.push_back({explains.events, explains.back, explains.for_});
    }
    for (const hir::Explains& clears : meaning.clears) {
      out.clears.push_back({clears.events, clears.back, clears.for_});
    }
    out.over = meaning.over;
    out.group_by = meaning.group_by;
    const auto lower = [](const std::vector<hir::TextPart>& parts) {
      vm::TextTemplate lowered;
      for (const hir::TextPart& part : parts) {
        lowered.push_back({part.literal, part.step, part.slot, part.column});
      }
      return lowered;
    };
    out.note = lower(meaning.note);
    out.see = lower(meaning.see);
    return out;
  }

  // `captures`: per term; null: nobody asks for them.
  vm::Pattern LowerPattern(
      const hir::Pattern& pattern,
      std::vector<std::vector<CaptureRegisters>>* captures) {
    vm::Pattern out;
    AddNode(pattern, &out, captures);
    return out;
  }

  uint32_t AddNode(const hir::Pattern& pattern, vm::Pattern* out,
                   std::vector<std::vector<CaptureRegisters>>* captures) {
    const auto index = Narrow<uint32_t>(out->nodes.size());
    out->nodes.emplace_back();
    if (IsTerm(pattern) || IsAlternatives(pattern)) {
      out->nodes[index].term_index = Narrow<uint32_t>(out->terms.size());
      out->terms.push_back(
          AddTerm(OneTerm(pattern), pattern.span,
                  captures == nullptr ? nullptr : &captures->emplace_back()));
      return index;
    }
    vm::PatternNode node;
    node.kind =
        pattern.kind == hir::Pattern::Kind::Not   ? vm::PatternNode::Kind::Not
        : pattern.kind == hir::Pattern::Kind::And ? vm::PatternNode::Kind::And
                                                  : vm::PatternNode::Kind::Or;
    for (const hir::Pattern& child : pattern.children) {
      node.children.push_back(AddNode(child, out, captures));
    }
    out->nodes[index] = std::move(node);
    return index;
  }

  std::optional<vm::Derived> LowerDerived(
      const std::optional<hir::Derived>& derived) {
    if (!derived.has_value()) {
      return std::nullopt;
    }
    vm::Derived out{derived->kind, derived->base, {}, derived->count};
    if (derived->kind == vm::Derived::Kind::Matches) {
      out.term = AddTerm(derived->term, derived->span, nullptr);
    }
    return out;
  }

  vm::Signature LowerSignature(const hir::Signature& signature) {
    vm::Signature out;
    out.meaning = LowerMeaning(signature.meaning);
    // A condition decides between equal texts.
    out.meaning.evidence = 2 * EvidenceOf(signature.pattern) +
                           (signature.where.has_value() ? 1 : 0);
    std::vector<std::vector<CaptureRegisters>> captures;
    out.pattern = LowerPattern(signature.pattern, &captures);
    out.gate = GateOf(signature.pattern);
    for (const hir::Slot& slot : signature.slots) {
      vm::Slot lowered{slot.name, slot.type, {}, slot.field};
      lowered.derived = LowerDerived(slot.derived);
      for (uint32_t t = 0; slot.capture.has_value() && t < captures.size();
           ++t) {
        for (const CaptureRegisters& capture : captures[t]) {
          if (capture.capture == *slot.capture) {
            lowered.sources.push_back({t, capture.begin_register});
          }
        }
      }
      out.slots.push_back(std::move(lowered));
    }
    out.where = AddPredicate(signature.where);
    out.in_blocks = signature.in_blocks;
    out.in_sources = signature.in_sources;
    return out;
  }

  vm::Rule LowerRule(const hir::Rule& rule) {
    vm::Rule out;
    out.meaning = LowerMeaning(rule.meaning);
    out.within = rule.within;
    out.at = rule.at;
    out.during = rule.during;
    out.key_parts = rule.key_parts;
    out.capacity = rule.capacity;
    out.depth = rule.depth;
    out.latest_start = rule.latest_start;
    std::vector<uint32_t> begins;
    uint32_t slots = 0;
    for (const hir::Step& step : rule.steps) {
      begins.push_back(slots);
      slots += Narrow<uint32_t>(step.slots.size());
    }
    for (const hir::Step& step : rule.steps) {
      vm::Step lowered;
      lowered.alias = step.alias;
      lowered.events = step.events;
      lowered.count = step.count;
      for (const hir::StepSlot& slot : step.slots) {
        lowered.slot_names.push_back(slot.name);
        lowered.slot_types.push_back(slot.type);
        lowered.slot_derived.push_back(LowerDerived(slot.derived));
      }
      lowered.where = AddPredicate(step.where);
      if (step.join.has_value()) {
        hir::Expr join = *step.join;
        NumberSlots(begins, &join);
        lowered.join = AddPredicate(join);
      }
      for (const std::optional<uint32_t>& part : step.key) {
        lowered.key.push_back({part.has_value(), part.value_or(0)});
      }
      lowered.from = step.from;
      lowered.last = step.last;
      lowered.absent = step.absent;
      lowered.any_record = step.any_record;
      lowered.hold = step.hold;
      lowered.or_eof = step.or_eof;
      out.steps.push_back(std::move(lowered));
    }
    LowerStages(rule, &out);
    return out;
  }

  // Groups of steps to stages: what stands before a stage's members belongs to
  // it.
  static void LowerStages(const hir::Rule& rule, vm::Rule* out) {
    vm::RuleStage stage;
    for (uint32_t k = 0; k < rule.steps.size(); ++k) {
      const hir::Step& step = rule.steps[k];
      if (step.absent) {
        (step.hold.kind == vm::Reach::Kind::None ? stage.guards
                                                 : stage.look_back)
            .push_back(k);
      } else {
        (step.last ? stage.facts : stage.members).push_back(k);
      }
      const bool ends =
          k + 1 == rule.steps.size() || rule.steps[k + 1].group != step.group;
      if (ends && !stage.members.empty()) {
        const auto late = std::stable_partition(
            stage.facts.begin(), stage.facts.end(), [&](uint32_t fact) {
              return rule.steps[fact].group != step.group;
            });
        stage.late_facts.assign(late, stage.facts.end());
        stage.facts.erase(late, stage.facts.end());
        out->stages.push_back(std::move(stage));
        stage = {};
      }
    }
    // What is left waits for no further step.
    if (!stage.guards.empty() || !stage.look_back.empty()) {
      out->trailing = stage.look_back.empty() ? stage.guards.front()
                                              : stage.look_back.front();
    }
  }

  const hir::Module& module_;
  DiagSink& diags_;
  vm::Program program_;
};

}  // namespace

vm::Program Lower(const hir::Module& module, DiagSink& diags) {
  return Lowering(module, diags).Run();
}

vm::PredicateId LowerGives(const hir::Expr& gives,
                           const std::vector<uint32_t>& begins,
                           vm::Program* program) {
  hir::Expr numbered = gives;
  NumberSlots(begins, &numbered);
  program->predicates.push_back(LowerPredicate(numbered));
  return vm::PredicateId(program->predicates.size() - 1);
}

}  // namespace telltale::plan
