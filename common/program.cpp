#include "program.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sched.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <sstream>

#include "error.h"
#include "pipe.h"
#include "process.h"
#include "procfs.h"
#include "step.h"

namespace lab {
namespace {

std::string command_line(const std::vector<std::string>& argv) {
  std::string line;
  for (const std::string& word : argv) {
    const bool plain = word.find_first_of(" \t\n'\"{};|&!") == std::string::npos;
    line += (line.empty() ? "" : " ") + (plain ? word : "'" + word + "'");
  }
  return line;
}

// The calling process becomes the program.
[[noreturn]] void become(const std::vector<std::string>& argv, int out) {
  std::vector<char*> pointers;
  for (const std::string& word : argv) pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  ::dup2(::open("/dev/null", O_RDWR | O_CLOEXEC), STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(out, STDERR_FILENO);
  ::execvp(pointers[0], pointers.data());
  ::dprintf(STDERR_FILENO, "%s", std::strerror(errno));
  ::_exit(kNotFound);
}

// After unshare(CLONE_NEWPID) the next child would be born into that namespace, and once its PID 1
// has ended, not at all.
void have_children_here() {
  const UniqueFd own(::open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC));
  ::setns(own.get(), CLONE_NEWPID);
}

}  // namespace

std::string run_program(const std::vector<std::string>& argv) {
  if (listing()) return "";
  tell("program", command_line(argv));
  have_children_here();
  Pipe pipe;
  const pid_t pid = ::fork();
  if (pid == -1) throw SyscallError({"fork", {}}, errno);
  if (pid == 0) become(argv, pipe.write_end.get());
  Child program(pid);
  pipe.write_end.reset();
  const std::string said = read_to_end(pipe.read_end.get());
  const int status = program.wait();
  if (status == EXIT_SUCCESS) return said;
  throw Error(fmt::format("{}: exit status {}: {}", command_line(argv), status, said), "");
}

std::string find_program(const std::string& name) {
  const char* const path = std::getenv("PATH");
  std::istringstream directories(path == nullptr ? "" : path);
  for (std::string directory; std::getline(directories, directory, ':');) {
    const std::string program = std::filesystem::path(directory) / name;
    if (::access(program.c_str(), X_OK) == 0) return program;
  }
  return "";
}

}  // namespace lab
