// The command line: 00-compare [--pid PID | --lab NN | --docker NAME | --podman NAME] [--json]
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace lab {

struct Options {
  std::optional<std::string> pid, lab, docker, podman;  ///< one of them is given
  std::filesystem::path state_root = "/";
  bool json = false;
};

/// Reads the command line and sets the telling of the steps (step.h). None where all is done: the help,
/// or the steps of `story`, are printed. Errors: Error.
std::optional<Options> parse_options(int argc, char** argv, const std::function<int()>& story);

}  // namespace lab
