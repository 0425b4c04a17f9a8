#include "compiler/plan/dump.h"

#include <fmt/format.h>

#include "compiler/automata/thompson.h"

namespace telltale::plan {

namespace {

std::string Printable(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<uint8_t>(c);
    out += byte >= 0x20 && byte < 0x7f ? std::string(1, c)
                                       : fmt::format("\\x{:02x}", byte);
  }
  return out;
}

std::string GateText(const vm::Gate& gate) {
  if (gate.any_of.empty()) {
    return "every record (no usable literal)";
  }
  std::string out;
  for (const vm::Phrase& phrase : gate.any_of) {
    out += (out.empty() ? "" : " | ") + PhraseText(phrase);
  }
  return out;
}

std::string Indented(const std::string& text) {
  std::string out;
  size_t at = 0;
  while (at < text.size()) {
    const size_t end = text.find('\n', at);
    out += "    " + text.substr(at, end - at) + "\n";
    at = end == std::string::npos ? text.size() : end + 1;
  }
  return out;
}

std::string PredicateText(const vm::Predicate& predicate) {
  static constexpr std::string_view kNames[] = {
      "slot",  "step_slot", "int",     "float", "text",  "to_float", "add.i",
      "sub.i", "mul.i",     "neg.i",   "add.f", "sub.f", "mul.f",    "div.f",
      "neg.f", "eq.i",      "lt.i",    "le.i",  "lt.u",  "le.u",     "eq.f",
      "lt.f",  "le.f",      "eq.t",    "lt.t",  "le.t",  "not",      "and",
      "or",    "has",       "coalesce"};
  std::string out;
  for (size_t k = 0; k < predicate.code.size(); ++k) {
    const vm::PredicateInst& inst = predicate.code[k];
    out += fmt::format("%{} = {} ", k, kNames[static_cast<size_t>(inst.op)]);
    switch (inst.op) {
      case vm::PredicateInst::Op::ConstInt:
        out += fmt::format("{}", predicate.integers[inst.a]);
        break;
      case vm::PredicateInst::Op::ConstFloat:
        out += fmt::format("{:g}", predicate.floats[inst.a]);
        break;
      case vm::PredicateInst::Op::ConstText:
        out += fmt::format("\"{}\"", predicate.texts[inst.a]);
        break;
      case vm::PredicateInst::Op::Slot:
        out += fmt::format("{}", inst.a);
        break;
      default:
        out += fmt::format("%{} %{}", inst.a, inst.b);
        break;
    }
    out += "\n";
  }
  return out;
}

}  // namespace

std::string PhraseText(const vm::Phrase& phrase) {
  const std::string_view gram(
      reinterpret_cast<const char*>(phrase.gram.bytes.data()),
      phrase.gram.size);
  return fmt::format("\"{}[{}]{}\"{}", Printable(phrase.before),
                     Printable(gram), Printable(phrase.after),
                     phrase.fold || phrase.gram.fold != 0 ? "i" : "");
}

std::string Dump(const vm::Program& program) {
  std::string out;
  for (const vm::Block& block : program.blocks) {
    out +=
        fmt::format("block {}\n  gate {}\n", block.name, GateText(block.gate));
  }
  for (const vm::Signature& signature : program.signatures) {
    out +=
        fmt::format("sig {} evidence {}\n  gate {}\n", signature.meaning.name,
                    signature.meaning.evidence / 2, GateText(signature.gate));
    for (const vm::TermId term : signature.pattern.terms) {
      out += fmt::format("  term {}\n{}", term.value,
                         Indented(automata::Dump(program.terms[term.index()])));
    }
    if (signature.where.valid()) {
      out += fmt::format(
          "  where\n{}",
          Indented(PredicateText(program.predicates[signature.where.index()])));
    }
  }
  for (const vm::Rule& rule : program.rules) {
    out += fmt::format("rule {} steps {} key parts {}\n", rule.meaning.name,
                       rule.steps.size(), rule.key_parts);
  }
  return out;
}

}  // namespace telltale::plan
