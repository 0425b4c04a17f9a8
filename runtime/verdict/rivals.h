// Rivals: which of several signatures on one record wins it. The others are
// beaten: they carry no verdict. The judge goes by this, and the compiler where
// it looks whether an example is won by its own signature.
#pragma once

#include <cstddef>
#include <span>

#include "runtime/scan/engine.h"

namespace telltale::verdict {

// Facts (no verdict, no role, no `over`) neither win nor lose a record.
// `verdict`: what the event says, look-ups included.
bool Competes(const vm::Program& program, vm::EventId event,
              const vm::Verdict& verdict);

// What a signature beats another one by, the strongest reason first.
enum class Advantage {
  None,  // it does not beat it
  Over,
  Role,      // the other is a cascade
  Evidence,  // more fixed text, or as much and a condition
  Name,
};
Advantage AdvantageOver(const vm::Program& program, vm::EventId first,
                        vm::EventId second);

// The index of the one that wins; `rivals` is not empty.
size_t WinnerOf(const vm::Program& program,
                std::span<const vm::EventId> rivals);

}  // namespace telltale::verdict
