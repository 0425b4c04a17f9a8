// telltale fmt: rule files in their one layout, in place.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>

#include "compiler/cli/session.h"
#include "compiler/driver/format.h"
#include "dsl/diag/render.h"
#include "runtime/base/result.h"

namespace telltale::cli {

namespace {

namespace fs = std::filesystem;

// The rule files that an argument names, in order; of a folder, all below it.
Result<std::vector<std::string>> RuleFiles(const std::string& argument) {
  std::error_code error;
  if (!fs::is_directory(argument, error)) {
    return std::vector<std::string>{argument};
  }
  std::vector<std::string> paths;
  fs::recursive_directory_iterator entry(argument, error);
  for (; !error && entry != fs::recursive_directory_iterator();
       entry.increment(error)) {
    std::error_code ignored;
    if (entry->path().extension() == ".tell" &&
        entry->is_regular_file(ignored)) {
      paths.push_back(entry->path().string());
    }
  }
  if (error) {
    return Fail(fmt::format("cannot read `{}`: {}", argument, error.message()));
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

Result<std::string> ReadText(const std::string& path) {
  if (path == "-") {
    std::string text(SourceMap::kMaxFile + 1, '\0');
    text.resize(std::fread(text.data(), 1, text.size(), stdin));
    if (std::ferror(stdin) != 0 || text.size() > SourceMap::kMaxFile) {
      return Fail("cannot read standard input as a rule file");
    }
    return text;
  }
  SourceMap sources;
  const auto id = sources.Load(path);
  if (!id.has_value()) {
    return Fail(fmt::format("cannot read `{}`: {}", path, id.error().message));
  }
  return std::string(sources.text(*id));
}

// Writes beside the file and renames, so that it is never half written.
Result<bool> Replace(const std::string& path, const std::string& text) {
  std::error_code error;
  const fs::path target = fs::canonical(path, error);
  const fs::path fresh = target.string() + fmt::format(".{}.tmp", ::getpid());
  if (!error) {
    std::ofstream out(fresh, std::ios::binary);
    out << text;
    out.close();
    if (!out) {
      error = std::make_error_code(std::errc::io_error);
    }
  }
  if (!error) {
    fs::permissions(fresh, fs::status(target).permissions(), error);
  }
  if (!error) {
    fs::rename(fresh, target, error);
  }
  if (error) {
    std::error_code ignored;
    fs::remove(fresh, ignored);
    return Fail(fmt::format("cannot write `{}`: {}", path, error.message()));
  }
  return true;
}

}  // namespace

int RunFmt(const Options& options) {
  bool bad = false;
  bool unread = false;
  bool differs = false;
  const auto complain = [&](const std::string& message) {
    Print(stderr, fmt::format("telltale: {}\n", message));
    unread = true;
  };
  for (const std::string& argument : options.rules) {
    const auto paths = RuleFiles(argument);
    if (!paths.has_value()) {
      complain(paths.error().message);
      continue;
    }
    for (const std::string& path : *paths) {
      const auto text = ReadText(path);
      if (!text.has_value()) {
        complain(text.error().message);
        continue;
      }
      const auto formatting = driver::FormatRules(path, *text);
      if (formatting->diags.has_errors()) {
        Print(stderr,
              RenderText(formatting->sources, formatting->diags.TakeSorted(),
                         {UseColor(options, STDERR_FILENO)}));
        bad = true;
        continue;
      }
      const bool same = formatting->text == *text;
      differs = differs || !same;
      if (options.only_check) {
        Print(stdout, same ? "" : path + "\n");
      } else if (path == "-") {
        Print(stdout, formatting->text);
      } else if (!same) {
        const auto written = Replace(path, formatting->text);
        if (!written.has_value()) {
          complain(written.error().message);
        }
      }
    }
  }
  return bad                             ? kBadRules
         : unread                        ? kUnread
         : options.only_check && differs ? kFound
                                         : kNothingFound;
}

}  // namespace telltale::cli
