// The documents do what they say: rules in them compile, messages in them are
// those of the program.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include <catch2/catch.hpp>

#include "tests/cli/run.h"

namespace telltale::testing {
namespace {

std::string TextOf(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Checks each ```tell block; returns how many there are.
size_t CheckExamples(const std::string& page) {
  const std::string text = TextOf(TT_ROOT "/docs/" + page);
  const Folder folder;
  // What examples use.
  folder.Write("base.tell", "");
  folder.Write("train.tell", "param limit: int = 3\n");
  constexpr std::string_view kOpen = "```tell\n";
  size_t examples = 0;
  for (size_t at = text.find(kOpen); at != std::string::npos;
       at = text.find(kOpen, at)) {
    at += kOpen.size();
    const std::string rules = text.substr(at, text.find("```", at) - at);
    CAPTURE(page, rules);
    const Ran ran = Telltale("check " + folder.Write("a.tell", rules));
    CHECK(ran.exit_code == 0);
    CHECK(ran.err.empty());
    ++examples;
  }
  return examples;
}

// A page of docs/diagnostics: an example, what it is answered with, and the
// example mended. Indented blocks are files: rules.tell, else as the line
// before says: "with `other.tell`:".
struct Page {
  std::map<std::string, std::string> example;
  std::string answer;
  std::map<std::string, std::string> mended;
};

// A block's last line ends where the block does.
std::string Trimmed(std::string text) {
  text.erase(text.find_last_not_of('\n') + 1);
  return text + "\n";
}

// What is wrong, without the warnings: examples of errors are short, and some
// of their patterns weak.
std::string Errors(const std::string& text) {
  std::string errors;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find("\n\n", at), text.size());
    if (text.compare(at, 8, "warning[") != 0) {
      errors += text.substr(at, end + 2 - at);
    }
    at = end + 2;
  }
  return errors;
}

Page ReadPage(const std::string& text) {
  Page page;
  std::string* block = nullptr;
  std::string name = "rules.tell";
  auto* files = &page.example;
  bool is_answer = false;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("    ")) {
      if (block == nullptr) {
        block = is_answer ? &page.answer : &(*files)[name];
        is_answer = false;
      }
      *block += line.substr(4) + "\n";
      continue;
    }
    if (line.empty()) {
      if (block != nullptr) {
        *block += "\n";
      }
      continue;
    }
    block = nullptr;
    if (line.find("is answered with") != std::string::npos) {
      is_answer = true;
    } else if (line.starts_with("Mended")) {
      files = &page.mended;
      name = "rules.tell";
    } else if (line.ends_with("`:")) {
      const size_t begin = line.find('`') + 1;
      name = line.substr(begin, line.size() - 2 - begin);
    }
  }
  return page;
}

Ran CheckFiles(const std::map<std::string, std::string>& files) {
  const Folder folder;
  for (const auto& [name, text] : files) {
    std::string bytes = Trimmed(text);
    // The picture of a NUL stands for one.
    for (size_t at = bytes.find("\u2400"); at != std::string::npos;
         at = bytes.find("\u2400")) {
      bytes.replace(at, 3, 1, '\0');
    }
    folder.Write(name, bytes);
  }
  return Telltale("check rules.tell", folder.path());
}

TEST_CASE("the examples of the reference compile, and their tests pass") {
  CHECK(CheckExamples("reference.md") >= 5);
}

TEST_CASE("the recipes of the cookbook compile, and their tests pass") {
  CHECK(CheckExamples("cookbook.md") == 15);
}

TEST_CASE("each diagnostic's page says what the program says") {
  size_t pages = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(TT_ROOT "/docs/diagnostics")) {
    const Page page = ReadPage(TextOf(entry.path()));
    CAPTURE(entry.path().filename());
    const bool warns = entry.path().filename().string().starts_with("W");
    const Ran example = CheckFiles(page.example);
    CHECK(example.exit_code == (warns ? 0 : 3));
    CHECK(Trimmed(warns ? example.err : Errors(example.err)) ==
          Trimmed(page.answer));
    const Ran mended = CheckFiles(page.mended);
    CHECK(mended.exit_code == 0);
    CHECK((warns ? mended.err : Errors(mended.err)).empty());
    ++pages;
  }
  CHECK(pages > 30);
}

}  // namespace
}  // namespace telltale::testing
