// Any bytes as a regex and a text: parse, build, verify, find. The first byte
// says where the regex ends.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "compiler/automata/thompson.h"
#include "dsl/pattern/parse_regex.h"
#include "runtime/base/check.h"
#include "runtime/vm/interpret.h"
#include "runtime/vm/verify.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace telltale;
  if (size < 2) {
    return 0;
  }
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const bool fold = (data[0] & 0x80u) != 0;
  const size_t split = std::min<size_t>(1 + (data[0] & 0x7fu), size);
  const std::string_view regex = all.substr(1, split - 1);
  const std::string_view text = all.substr(split).substr(0, 4096);

  DiagSink diags;
  const Span span{1000, 1000 + static_cast<uint32_t>(regex.size())};
  const pattern::Node node = pattern::ParseRegex(regex, span, fold, diags);
  for (const Diagnostic& diagnostic : diags.TakeSorted()) {
    TT_CHECK(diagnostic.span.begin >= span.begin &&
                 diagnostic.span.end <= span.end &&
                 diagnostic.span.begin <= diagnostic.span.end,
             "a diagnostic lies inside its regex");
  }
  std::vector<automata::CaptureRegisters> captures;
  vm::Program program;
  program.terms.push_back(automata::BuildTerm(node, &captures));
  TT_CHECK(vm::Verify(program).has_value(), "what parses can be run");

  const vm::Term& term = program.terms[0];
  std::vector<uint32_t> registers(term.registers);
  vm::VmScratch scratch(program);
  if (vm::Find(term, text, TT_AT_START | TT_AT_END, &scratch, registers)) {
    TT_CHECK(registers[0] <= registers[1] && registers[1] <= text.size(),
             "a match lies inside its text");
  }
  TT_CHECK(scratch.ops <= 2 * (text.size() + 1) * term.code.size(),
           "time is linear");
  return 0;
}
