// Which files a command line asks for.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/input/gap.h"

namespace telltale::input {

struct InputPath {
  std::string path;    // `-`: standard input
  uint64_t bytes = 0;  // size on disk; 0 where it is not known
};

struct Inputs {
  std::vector<InputPath> paths;  // of a folder: by name
  std::vector<Gap> missing;      // what is not there, or cannot be listed
};

// A folder is read to its depths; links to folders are not followed, sockets
// and devices are left out. A folder without files is in `missing`.
Inputs CollectInputs(const std::string& argument);

}  // namespace telltale::input
