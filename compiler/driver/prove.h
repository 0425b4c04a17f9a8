// Prove: what holds for every log, before one is read: signatures that can
// never be the verdict, and texts that two verdicts claim alike.
#pragma once

#include "compiler/driver/pipeline.h"

namespace telltale::driver {

// E401, E402, W704 between signatures. Exact: what is reported is so; within
// the limits of compiler/automata/relate.h all is found that one pattern's text
// shows of the other's.
void ProveVerdicts(Compilation* compilation);

}  // namespace telltale::driver
