// Verify: is a program safe to run? Every index in range, every limit kept, no
// loop of empty moves that a tier could not leave. Programs come from the
// compiler, later also from packs; a tier may rely on this having passed.
#pragma once

#include <cstddef>

#include "runtime/base/result.h"
#include "runtime/vm/program.h"

namespace telltale::vm {

// The message of a failure names the part: "term 5: ...".
Result<void> Verify(const Program& program);

// Its parts; `index` is for the message.
Result<void> VerifyTerm(const Term& term, size_t index);
Result<void> VerifyPredicate(const Predicate& predicate, size_t index);

}  // namespace telltale::vm
