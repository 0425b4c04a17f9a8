#include "runtime/input/collect.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

namespace telltale::input {

namespace {

namespace fs = std::filesystem;

void AddFolder(const fs::path& folder, Inputs* inputs) {
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  if (error) {
    inputs->missing.push_back({folder.string(), 0, 0,
                               fmt::format("cannot list `{}`: {}",
                                           folder.string(), error.message())});
    return;
  }
  std::vector<fs::directory_entry> sorted;
  for (const fs::directory_iterator end; entries != end && !error;
       entries.increment(error)) {
    sorted.push_back(*entries);
  }
  std::sort(sorted.begin(), sorted.end());
  for (const fs::directory_entry& entry : sorted) {
    std::error_code failed;
    if (entry.is_directory(failed) && !entry.is_symlink(failed)) {
      AddFolder(entry.path(), inputs);
    } else if (entry.is_regular_file(failed)) {
      const uintmax_t size = entry.file_size(failed);
      inputs->paths.push_back({entry.path().string(), failed ? 0 : size});
    }
  }
}

}  // namespace

Inputs CollectInputs(const std::string& argument) {
  Inputs inputs;
  if (argument == "-") {
    inputs.paths.push_back({argument, 0});
    return inputs;
  }
  std::error_code error;
  const fs::file_status status = fs::status(argument, error);
  if (!fs::exists(status)) {
    inputs.missing.push_back(
        {argument, 0, 0,
         fmt::format("cannot open `{}`: {}", argument,
                     error ? error.message() : "no such file or directory")});
    return inputs;
  }
  if (!fs::is_directory(status)) {
    const uintmax_t size =
        fs::is_regular_file(status) ? fs::file_size(argument, error) : 0;
    inputs.paths.push_back({argument, error ? 0 : size});
    return inputs;
  }
  AddFolder(argument, &inputs);
  if (inputs.paths.empty() && inputs.missing.empty()) {
    inputs.missing.push_back(
        {argument, 0, 0, fmt::format("`{}` holds no files", argument)});
  }
  return inputs;
}

}  // namespace telltale::input
