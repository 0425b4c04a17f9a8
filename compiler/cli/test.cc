// telltale test: the hits, misses and tests of rule files, one by one.
#include <algorithm>
#include <cstdio>
#include <unistd.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "compiler/cli/session.h"
#include "dsl/diag/render.h"

namespace telltale::cli {

namespace {

using driver::CaseResult;
using Json = nlohmann::ordered_json;

const char* KindName(CaseResult::Kind kind) {
  switch (kind) {
    case CaseResult::Kind::Hit:
      return "hit";
    case CaseResult::Kind::Miss:
      return "miss";
    case CaseResult::Kind::Test:
      return "test";
  }
  return "";
}

std::string Listing(const driver::Compilation& compilation,
                    const std::vector<CaseResult>& results,
                    const Options& options) {
  const bool color = UseColor(options, STDOUT_FILENO);
  const std::string ok = color ? "\x1b[32mok\x1b[0m  " : "ok  ";
  const std::string fail = color ? "\x1b[31mFAIL\x1b[0m" : "FAIL";
  std::string out;
  std::string_view file;
  for (const CaseResult& result : results) {
    if (options.quiet && result.passed) {
      continue;
    }
    const SourceMap::Place place =
        compilation.sources.PlaceOf(result.span.begin);
    if (place.file != file) {
      file = place.file;
      out += fmt::format("{}\n", file);
    }
    out += fmt::format("  {} {:4}  {}\n", result.passed ? ok : fail, place.line,
                       report::Printable(result.name));
  }
  return out;
}

std::string ToJson(const driver::Compilation& compilation,
                   const std::vector<CaseResult>& results,
                   const std::vector<Diagnostic>& diagnostics) {
  Json cases = Json::array();
  for (const CaseResult& result : results) {
    const SourceMap::Place place =
        compilation.sources.PlaceOf(result.span.begin);
    cases.push_back({{"kind", KindName(result.kind)},
                     {"name", result.name},
                     {"file", place.file},
                     {"line", place.line},
                     {"passed", result.passed}});
  }
  Json all;
  all["cases"] = std::move(cases);
  all["diagnostics"] =
      Json::parse(RenderJson(compilation.sources, diagnostics));
  return all.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

// All that has to be right before cases can run. False: said why.
bool Prepare(const Options& options, driver::Compilation* compilation) {
  driver::LoadAndParse(options.rules, compilation);
  driver::ParseSettings(options.settings, compilation);
  if (!compilation->diags.has_errors()) {
    driver::CheckAndLower(compilation);
  }
  if (!compilation->diags.has_errors()) {
    driver::LoadTestLogs(compilation);
  }
  return !compilation->diags.has_errors();
}

// The library's own cases are wanted where it is what is tested.
bool IsOfLibrary(const Options& options) {
  return std::all_of(
      options.rules.begin(), options.rules.end(),
      [](const std::string& path) { return path.starts_with("std/"); });
}

}  // namespace

int RunTest(const Options& options) {
  driver::Compilation compilation;
  std::vector<CaseResult> results;
  const bool runs = Prepare(options, &compilation);
  if (runs) {
    results =
        driver::SelfTest({.native = options.tier != driver::Tier::Interpreter,
                          .library_too = IsOfLibrary(options),
                          .filter = options.filter},
                         &compilation);
    if (results.empty() && !options.filter.empty()) {
      Print(stderr,
            fmt::format("telltale: no case is called `{}`\n", options.filter));
      return kUsage;
    }
  }
  const bool ok = !compilation.diags.has_errors();
  if (options.format == Format::Json) {
    compilation.diags.DropWarnings([](const Diagnostic&) { return true; });
    Print(stdout, ToJson(compilation, results, compilation.diags.TakeSorted()));
    return ok ? kNothingFound : kBadRules;
  }
  Print(stdout, Listing(compilation, results, options));
  std::fflush(stdout);  // before what standard error says
  PrintDiagnostics(options, &compilation);
  if (runs) {
    const auto passed =
        std::count_if(results.begin(), results.end(),
                      [](const CaseResult& result) { return result.passed; });
    Print(stdout, fmt::format("{} of {} pass\n", passed, results.size()));
  }
  return ok ? kNothingFound : kBadRules;
}

}  // namespace telltale::cli
