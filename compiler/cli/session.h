// What the commands share: compiled rules, printed complaints, scanned inputs.
#pragma once

#include <atomic>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/cli/options.h"
#include "compiler/driver/pipeline.h"
#include "runtime/scan/scan_files.h"

namespace telltale::cli {

// Should text be coloured on this descriptor (1: stdout, 2: stderr)?
bool UseColor(const Options& options, int descriptor);

// Writes to standard output or standard error. main sees a failure, at the end;
// fmt::print would throw.
void Print(std::FILE* file, std::string_view text);

// Prints all errors: JSON on stdout if asked, text on stderr. `check` prints
// warnings, too.
void PrintDiagnostics(const Options& options, driver::Compilation* compilation);

// One stream: a file argument, or a folder.
struct StreamScan {
  std::vector<scan::FileScan> files;
  std::vector<scan::Gap> unread;
};

class Session {
 public:
  // Compiles the rules and scans all inputs. Null after a failure, which was
  // printed; then `exit_code` says which.
  static std::unique_ptr<Session> Open(const Options& options, int* exit_code);

  [[nodiscard]] const scan::Engine& engine() const { return *engine_; }
  std::vector<StreamScan>& streams() { return streams_; }

 private:
  bool Prepare(const Options& options, int* exit_code);

  std::unique_ptr<driver::Compilation> compilation_;
  std::unique_ptr<driver::TierMatcher> tier_;
  std::unique_ptr<scan::Engine> engine_;
  std::vector<StreamScan> streams_;
};

}  // namespace telltale::cli
