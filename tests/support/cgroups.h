// In which cgroups a process is, read from outside.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

namespace check {

struct Cgroup {
  int version = 0;  ///< 1 or 2; 0 where no hierarchy has that controller
  std::filesystem::path directory;
};

/// The cgroup of a process for a controller ("memory", "cpu", …), as the checks have it mounted.
Cgroup cgroup_of(pid_t pid, const std::string& controller);

/// The content of a file of that cgroup, without its last newline; empty where it has none such.
std::string cgroup_file(pid_t pid, const std::string& controller, const std::string& file);

/// The quota of CPU time of that cgroup, in CPUs, whatever the period: "1.5", or "none". The check is
/// skipped where there is no such controller.
std::string cpu_limit(pid_t pid);

}  // namespace check
