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

std::vector<std::vector<size_t>> Loader::TakeUses() {
  std::vector<std::vector<size_t>> uses;
  for (const std::vector<std::string>& paths : uses_) {
    std::vector<size_t>& out = uses.emplace_back();
    for (const std::string& path : paths) {
      const auto file = files_by_path_.find(path);
      out.push_back(file == files_by_path_.end() ? check::kNoFile
                                                 : file->second);
    }
  }
  return uses;
}

void Loader::Visit(const std::string& path, Span used_at) {
  if (!begun_.insert(path).second) {
    return;
  }
  Result<SourceId> source = Fail("");
  if (InLibrary(path)) {
    const auto text = LibraryFile(path);
    if (!text.has_value()) {
      diags_.Emit(used_at, diag::CannotRead, path,
                  "the standard library has no such file");
      return;
    }
    source = sources_.Add(path, std::string(*text));
  } else {
    source = sources_.Load(path);
  }
  if (!source.has_value()) {
    diags_.Emit(used_at, diag::CannotRead, path, source.error().message);
    return;
  }
  ast::File file = Parse(sources_, *source, diags_);
  std::vector<std::string> uses;
  for (const ast::Use& use : file.uses) {
    const std::string& used = uses.emplace_back(Resolved(use.path.value, path));
    const bool own_name = use.as.has_value() || !use.with.empty();
    if (own_name && begun_.count(used) != 0 &&
        files_by_path_.count(used) == 0) {
      diags_.Emit(use.path.span, diag::UseCycle, used);
    }
    Visit(used, use.path.span);
  }
  files_by_path_[path] = files_.size();
  files_.push_back(std::move(file));
  uses_.push_back(std::move(uses));
}

}  // namespace telltale::driver
