// Runs the program as a user does, and keeps what it says.
#pragma once

#include <string>

namespace telltale::testing {

struct Ran {
  int exit_code = -1;
  std::string out;
  std::string err;
};

// `arguments` go through a shell: quote what needs it. `where`: the folder to
// run in.
Ran Telltale(const std::string& arguments, const std::string& where = ".");

// A folder that goes with the object.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  // Writes a file and returns its path.
  std::string Write(const std::string& name, const std::string& bytes) const;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace telltale::testing
