// Real logs with known failures, where they are at hand: TELLTALE_REAL_LOGS and
// TELLTALE_CASES name folders with a truth.tsv. Not part of the project
// (licences); without them the test says that it was skipped.
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/cli/run.h"

namespace telltale::testing {
namespace {

using Json = nlohmann::json;

std::vector<std::string> Split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::string part;
  std::istringstream stream(text);
  while (std::getline(stream, part, separator)) {
    parts.push_back(part);
  }
  return parts;
}

// Rows of a table with a head, by column.
std::vector<std::map<std::string, std::string>> Table(const std::string& path) {
  std::vector<std::map<std::string, std::string>> rows;
  std::ifstream file(path);
  std::string line;
  std::vector<std::string> head;
  while (std::getline(file, line)) {
    const std::vector<std::string> cells = Split(line, '\t');
    if (head.empty()) {
      head = cells;
      continue;
    }
    std::map<std::string, std::string>& row = rows.emplace_back();
    for (size_t k = 0; k < cells.size() && k < head.size(); ++k) {
      row[head[k]] = cells[k];
    }
  }
  return rows;
}

// One call for all: each log is a stream of its own, in this order.
std::string Why(const std::string& options, const std::string& root,
                const std::vector<std::map<std::string, std::string>>& rows) {
  std::string logs;
  for (const auto& row : rows) {
    logs += " '" + root + "/" + row.at("file") + "'";
  }
  return Telltale("why --format json " + options + logs).out;
}

void Check(const char* variable) {
  const char* folder = std::getenv(variable);
  if (folder == nullptr) {
    WARN("skipped: " << variable << " names no folder of logs");
    return;
  }
  const std::string root = folder;
  const auto rows = Table(root + "/truth.tsv");
  REQUIRE(rows.size() > 10);
  size_t failures = 0;
  size_t right = 0;
  size_t healthy = 0;
  size_t silent = 0;
  const std::string answer = Why("--tier vm --jobs 1", root, rows);
  const bool same = answer == Why("--tier auto --jobs 4", root, rows);
  CHECK(same);
  const Json json = Json::parse(answer);
  REQUIRE(json.size() == rows.size());
  for (size_t k = 0; k < rows.size(); ++k) {
    const auto& row = rows[k];
    CAPTURE(row.at("file"));
    const Json& roots = json[k]["roots"];
    if (row.at("kind") == "healthy") {
      ++healthy;
      silent += static_cast<std::size_t>(roots.empty());
      continue;
    }
    ++failures;
    std::set<std::string> lines;
    for (const char* column : {"primary_line", "accept_lines"}) {
      for (const std::string& line : Split(row.at(column), ',')) {
        lines.insert(line);
      }
    }
    const bool found =
        !roots.empty() &&
        lines.count(std::to_string(roots[0]["line"].get<int>())) != 0;
    right += static_cast<std::size_t>(found);
  }
  WARN(variable << ": " << right << " of " << failures << " root lines, "
                << silent << " of " << healthy << " healthy ones silent");
  CHECK(right * 2 >= failures);
  CHECK(silent + 2 >= healthy);
}

TEST_CASE("real logs: the root line, and silence where all is well") {
  Check("TELLTALE_REAL_LOGS");
}

TEST_CASE("labelled cases: the root line, and silence where all is well") {
  Check("TELLTALE_CASES");
}

}  // namespace
}  // namespace telltale::testing
