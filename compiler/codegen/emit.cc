#include "compiler/codegen/emit.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include <llvm-c/Core.h>

#include "compiler/automata/determinize.h"
#include "compiler/codegen/emit_dfa.h"
#include "compiler/codegen/emit_predicate.h"

namespace telltale::codegen {

extern "C" int32_t tt_compare_text(const uint8_t* a, uint64_t a_size,
                                   const uint8_t* b, uint64_t b_size) {
  const std::string_view first(reinterpret_cast<const char*>(a), a_size);
  const std::string_view second(reinterpret_cast<const char*>(b), b_size);
  const int order = first.compare(second);
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

Emitted Emit(const vm::Program& program, LLVMContextRef context,
             LLVMModuleRef module) {
  Emitted emitted;
  for (uint32_t k = 0; k < program.terms.size(); ++k) {
    const auto dfa = automata::Determinize(program.terms[k], kMaxStates);
    emitted.terms.push_back(dfa.has_value());
    if (dfa.has_value()) {
      EmitDfa(*dfa, k, context, module);
    }
  }
  for (uint32_t k = 0; k < program.predicates.size(); ++k) {
    EmitPredicate(program.predicates[k], k, context, module);
  }
  return emitted;
}

}  // namespace telltale::codegen
