// Internal: signatures that win the records of others, put in words.
#pragma once

#include <string>
#include <string_view>

#include "compiler/driver/pipeline.h"
#include "runtime/scan/engine.h"
#include "runtime/scan/event.h"

namespace telltale::driver {

// The events of one example line (or several), read as records of `source`.
scan::FileScan ScanExample(const scan::Engine& engine, scan::Scratch* scratch,
                           std::string_view text, vm::SourceId source);

// The source that reads the examples of a signature.
vm::SourceId SourceOf(const hir::Signature& signature);

// Why `winner` wins a record against `loser`.
std::string WhyItWins(const vm::Program& program, vm::EventId winner,
                      vm::EventId loser);

}  // namespace telltale::driver
