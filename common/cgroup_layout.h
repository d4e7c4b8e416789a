// Which cgroup hierarchies this machine has, and where: cgroups(7), read from proc_pid_mountinfo(5)
// and /proc/PID/cgroup, never assumed.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace lab {

/// One tree of cgroups. Version 1 has a tree for each controller, or for several together; version
/// 2 has a single one for all the controllers that version 1 does not hold.
struct CgroupHierarchy {
  int version = 0;
  std::vector<std::string> controllers;
  /// The directory to make cgroups in. Version 1: the cgroup of the process itself, so that its
  /// own limits hold too. Version 2: the topmost that is mounted, as a cgroup that has processes
  /// may not hand controllers on to its children; the root alone may.
  std::filesystem::path place;

  bool has(const std::string& controller) const;
};

/// The hierarchies that are mounted where they can be seen, from the texts of a process's mountinfo
/// and cgroup files. The controllers of version 2 are not told there: its list is empty.
std::vector<CgroupHierarchy> parse_cgroup_layout(const std::string& mountinfo,
                                                 const std::string& cgroup);

/// Those of this process, the controllers of version 2 among them (cgroup.controllers).
std::vector<CgroupHierarchy> cgroup_layout();

}  // namespace lab
