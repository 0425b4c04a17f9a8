#include "tests/cli/run.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

namespace telltale::testing {

Ran Telltale(const std::string& arguments, const std::string& where) {
  const Folder folder;
  const std::string errors = folder.path() + "/stderr";
  const std::string command =
      "cd " + where + " && " TT_PROGRAM " " + arguments + " 2>" + errors;
  Ran ran;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) {
    throw std::runtime_error("cannot run " + command);
  }
  char buffer[4096];
  while (const size_t size = fread(buffer, 1, sizeof buffer, pipe)) {
    ran.out.append(buffer, size);
  }
  const int status = pclose(pipe);
  ran.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  std::ifstream file(errors);
  ran.err.assign(std::istreambuf_iterator<char>(file), {});
  return ran;
}

Folder::Folder() {
  std::string name =
      (std::filesystem::temp_directory_path() / "telltale_cli_XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) {
    throw std::runtime_error("cannot make a folder");
  }
  path_ = name;
}

Folder::~Folder() {
  std::filesystem::remove_all(path_);
}

std::string Folder::Write(const std::string& name,
                          const std::string& bytes) const {
  const std::filesystem::path path = std::filesystem::path(path_) / name;
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
  return path.string();
}

}  // namespace telltale::testing
