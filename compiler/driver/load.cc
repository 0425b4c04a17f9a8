#include "compiler/driver/load.h"

#include <algorithm>
#include <filesystem>
#include <optional>

#include "dsl/check/check.h"
#include "dsl/parse/parser.h"
#include "runtime/base/embedded.h"

namespace telltale::driver {

namespace {

constexpr std::string_view kLibrary = "std/";

std::optional<std::string_view> LibraryFile(std::string_view path) {
  for (const EmbeddedFile& file : StdlibFiles()) {
    if (path.substr(kLibrary.size()) == file.name) {
      return file.text;
    }
  }
  return std::nullopt;
}

bool InLibrary(std::string_view path) {
  return path.starts_with(kLibrary);
}

// One spelling per file, so that it is loaded once.
std::string Resolved(const std::string& path, const std::string& user) {
  if (InLibrary(path)) {
    return path;
  }
  std::filesystem::path resolved(path);
  if (!user.empty() && resolved.is_relative()) {
    resolved = std::filesystem::path(user).parent_path() / resolved;
  }
  return resolved.lexically_normal().generic_string();
}

}  // namespace

size_t Loader::Visit(const std::string& path, Span used_at) {
  const auto entry = [&] {
    return std::find_if(seen_.begin(), seen_.end(),
                        [&](const auto& seen) { return seen.first == path; });
  };
  if (const auto seen = entry(); seen != seen_.end()) {
    if (seen->second == kLoading) {
      diags_.Emit(used_at, diag::UseCycle, path);
      return check::kNoFile;
    }
    return seen->second;
  }
  Result<SourceId> source = Fail("");
  if (InLibrary(path)) {
    const auto text = LibraryFile(path);
    if (!text.has_value()) {
      diags_.Emit(used_at, diag::CannotRead, path,
                  "the standard library has no such file");
      return check::kNoFile;
    }
    source = sources_.Add(path, std::string(*text));
  } else {
    source = sources_.Load(path);
  }
  if (!source.has_value()) {
    diags_.Emit(used_at, diag::CannotRead, path, source.error().message);
    return check::kNoFile;
  }
  seen_.emplace_back(path, kLoading);
  ast::File file = Parse(sources_, *source, diags_);
  std::vector<size_t> uses;
  for (const ast::Use& use : file.uses) {
    uses.push_back(Visit(Resolved(use.path.value, path), use.path.span));
  }
  entry()->second = files_.size();
  files_.push_back(std::move(file));
  uses_.push_back(std::move(uses));
  return files_.size() - 1;
}

}  // namespace telltale::driver
