// The lines around a culprit, read again for the report.
#pragma once

#include "runtime/report/report.h"

namespace telltale::cli {

// Two lines before and after; empty where the input cannot be read again
// (standard input) or no longer holds the record.
report::Context ReadContext(const scan::FileScan& file,
                            const scan::Event& event);

}  // namespace telltale::cli
