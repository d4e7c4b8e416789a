// One cgroup, which is a directory: made under a lock, removed, and swept where its lab was killed.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cgroup_layout.h"
#include "unique_fd.h"

namespace lab {

/// A cgroup of the container, lab-PID with the lab's pid.
struct Cgroup {
  int version = 0;                       ///< of its hierarchy, 1 or 2
  std::vector<std::string> controllers;  ///< of its hierarchy
  std::filesystem::path path;  ///< the directory, with a file for each thing to set or ask
  /// A process that writes "0" here moves in: `tasks` in version 1, `cgroup.procs` in version 2. It
  /// is locked (flock(2)) as long as the lab lives.
  UniqueFd entrance;
};

/// Makes a cgroup in `hierarchy`. Errors: SyscallError.
Cgroup make_cgroup(const CgroupHierarchy& hierarchy);

/// Removes it, and what the container made in it. Precondition: its processes have ended. Where the
/// last of them is still on its way out, it is waited for. Errors: SyscallError.
void remove_cgroup(const std::filesystem::path& cgroup);

/// The cgroups in `place` that labs made: this one's, others', and those that killed ones left.
std::vector<std::filesystem::path> lab_cgroups(const std::filesystem::path& place);

/// Removes the cgroups in `place` whose lab was killed. One that cannot be removed stays.
void sweep_cgroups(const std::filesystem::path& place);

}  // namespace lab
