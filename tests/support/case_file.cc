#include "tests/support/case_file.h"

#include <fstream>
#include <sstream>

namespace telltale::test {

namespace {

constexpr std::string_view kMark = "--- ";

}  // namespace

const CaseSection* CaseFile::Find(std::string_view name) const {
  for (const CaseSection& section : sections) {
    if (section.name == name) {
      return &section;
    }
  }
  return nullptr;
}

CaseFile ReadCase(const std::string& path) {
  CaseFile file;
  file.path = path;
  std::ifstream in(path, std::ios::binary);
  std::string line;
  while (std::getline(in, line)) {
    if (line.starts_with(kMark)) {
      file.sections.push_back({line.substr(kMark.size()), ""});
    } else if (file.sections.empty()) {
      file.title += line + "\n";
    } else {
      file.sections.back().text += line + "\n";
    }
  }
  return file;
}

void WriteCase(const CaseFile& file) {
  std::ofstream out(file.path, std::ios::binary);
  out << file.title;
  for (const CaseSection& section : file.sections) {
    out << kMark << section.name << "\n" << section.text;
  }
}

std::string LogBytes(std::string_view text) {
  std::string out;
  for (size_t k = 0; k < text.size(); ++k) {
    if (text[k] != '\\' || k + 1 == text.size()) {
      out.push_back(text[k]);
      continue;
    }
    switch (text[k + 1]) {
      case 'e':
        out.push_back('\x1b');
        break;
      case 'r':
        out.push_back('\r');
        break;
      case '0':
        out.push_back('\0');
        break;
      case 'a':
        out.push_back('\x07');
        break;
      case '\\':
        out.push_back('\\');
        break;
      case 'c':  // no line end here: `\c` ends the text
        return out;
      default:
        out.push_back('\\');
        continue;
    }
    ++k;
  }
  return out;
}

}  // namespace telltale::test
