// The pipeline: rule files in, a program ready to scan out, stage by stage.
// Reading pipeline.cc from top to bottom is reading the architecture. Public:
// embed the compiler with this header.
//
//   load -> parse -> check -> lower -> prove -> settle warnings -> self-test
//
// Stages put what is wrong with the rules into `diags` and go on; the next
// stage runs only without errors.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dsl/ast/ast.h"
#include "dsl/diag/diagnostic.h"
#include "dsl/hir/module.h"
#include "dsl/source/source_map.h"
#include "dsl/source/span.h"
#include "runtime/input/gap.h"
#include "runtime/vm/program.h"

namespace telltale::driver {

struct CompileOptions {
  // Rule files; empty: the standard library.
  std::vector<std::string> rules;
  // Run every hit and miss: on the interpreter, and on machine code too.
  bool self_test = true;
  bool self_test_native = true;
  // NAME=VALUE, as `--set` has them.
  std::vector<std::string> settings;
  // Codes of warnings that are errors here; `warnings`: all of them.
  std::vector<std::string> deny = {};
  // Logs in which near misses are looked for (W705).
  std::vector<std::string> corpus = {};
};

// Everything a compilation made. What a stage did not reach is empty.
struct Compilation {
  SourceMap sources;
  DiagSink diags;
  std::vector<ast::File> files;           // used files before their users
  std::vector<std::vector<size_t>> uses;  // per file and `use`: which file
  std::vector<ast::Assignment> settings;
  hir::Module module;
  vm::Program program;
  std::vector<input::Gap> unread;  // of the corpus
  bool ok = false;                 // no errors: `program` can scan
};

std::unique_ptr<Compilation> Compile(const CompileOptions& options);

// ---- the stages, for tools that stop half-way

// Loads `path` and what it uses. `std/...` names files of the library that is
// built in; other paths are relative to the file that uses them.
void LoadAndParse(const std::vector<std::string>& rules,
                  Compilation* compilation);
// Values for params. What is no NAME=VALUE is a diagnostic.
void ParseSettings(const std::vector<std::string>& settings,
                   Compilation* compilation);
void CheckAndLower(Compilation* compilation);
// Reads the logs that tests name, relative to their rule file.
void LoadTestLogs(Compilation* compilation);
// Drops the warnings that an `allow` silences, makes errors of those in `deny`.
// To be called when the last stage that warns has run; `all_told`: none was
// left out, so an `allow` that silenced nothing is useless (W709).
void SettleWarnings(const std::vector<std::string>& deny, bool all_told,
                    Compilation* compilation);

struct SelfTestOptions {
  // As machine code, too.
  bool native = true;
  // ... also those of the built-in library, which was tested when the program
  // was built.
  bool library_too = true;
  // Only cases whose name holds this.
  std::string filter = {};
};

// A hit, a miss or a test, and how it went.
struct CaseResult {
  enum class Kind { Hit, Miss, Test };
  Kind kind = Kind::Hit;
  std::string name;  // `oom hit "out of memory"`, `test "an OOM is the root"`
  Span span;
  bool passed = true;
};

// Runs all hits, misses and tests, in the order of files and lines; a failing
// one is E601, or E603. What the library's cases came to is told only with
// `library_too`, or if they fail.
std::vector<CaseResult> SelfTest(const SelfTestOptions& options,
                                 Compilation* compilation);

}  // namespace telltale::driver
