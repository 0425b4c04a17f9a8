// Case files: one text file with inputs and expected outputs.
//
//   # What the case shows.
//   --- rules.tell
//   sig a ...
//   --- train.log
//   ...
//   --- expect.findings
//   train.log:3: a n=7
//
// Everything after a `--- name` line up to the next is that section's text. In
// a .log section `\e`, `\r`, `\0` and `\\` stand for the bytes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace telltale::test {

struct CaseSection {
  std::string name;
  std::string text;
};

struct CaseFile {
  std::string path;
  std::string title;  // the comment at the top
  std::vector<CaseSection> sections;

  [[nodiscard]] const CaseSection* Find(std::string_view name) const;
};

CaseFile ReadCase(const std::string& path);
void WriteCase(const CaseFile& file);
// The bytes of a .log section.
std::string LogBytes(std::string_view text);

}  // namespace telltale::test
