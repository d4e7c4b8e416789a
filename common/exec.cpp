#include "exec.h"

#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <sstream>

#include "error.h"
#include "step.h"
#include "sys.h"

namespace lab {
namespace {

std::string value_of(const std::vector<std::string>& env, const std::string& key) {
  for (const std::string& variable : env) {
    if (variable.rfind(key + "=", 0) == 0) return variable.substr(key.size() + 1);
  }
  return "";
}

bool is_file(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

// The first executable file of that name along the PATH; else the first of that name; else none.
std::string look_up(const std::string& name, const std::string& path) {
  if (name.find('/') != std::string::npos) return name;
  std::string not_executable;
  std::istringstream directories(path);
  for (std::string directory; std::getline(directories, directory, ':');) {
    std::string candidate = (directory.empty() ? "." : directory) + "/" + name;
    if (!is_file(candidate)) continue;
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
    if (not_executable.empty()) not_executable = candidate;
  }
  return not_executable;
}

}  // namespace

void exec_command(const std::vector<std::string>& command, const std::vector<std::string>& env) {
  step("exec", "this process becomes the command", [&] {
    const std::string path = value_of(env, "PATH");
    const std::string program = look_up(command.front(), path);
    if (program.empty()) {
      throw Error(
          fmt::format("{}: command not found", quoted(command.front())),
          path.empty()
              ? "there is no PATH in the command's environment; give the program's whole path"
              : fmt::format("the image has no such program in PATH={}", path),
          kNotFound);
    }
    sys::execve(program, command, env);
  });
}

}  // namespace lab
