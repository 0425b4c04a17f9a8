// A line of a log, explained. The part of `explain` with --log.
#pragma once

#include "compiler/cli/options.h"
#include "compiler/driver/pipeline.h"

namespace telltale::cli {

// Prints it; returns the exit code.
int ExplainLogLine(const driver::Compilation& compilation,
                   const Options& options);

}  // namespace telltale::cli
