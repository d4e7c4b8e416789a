// Causes as in causes.h: those of calls on the files and directories of cgroups(7).
#pragma once

#include <string>

#include "error.h"

namespace lab::causes {

// The call's first argument is the path, or a descriptor.
std::string on_cgroup(const Call& call);              ///< the path
std::string in_cgroup_mounts_home(const Call& call);  ///< /sys/fs/cgroup, with no hierarchy there
std::string cgroup_missing(const Call& call);         ///< that the file is to be in
std::string cgroup_is_of_version_1(const Call& call);
std::string cgroup_is_of_version_2(const Call& call);
std::string hierarchy_has_not_controller(const Call& call);  ///< version 1
std::string controller_not_handed_on(const Call& call);      ///< version 2

std::string writes_subtree_control(const Call& call);
std::string moves_process(const Call& call);
std::string moves_into_cpuset(const Call& call);
std::string moves_process_that_is_gone(const Call& call);
std::string sets_memory_and_swap(const Call& call);
std::string sets_cpu_quota(const Call& call);

std::string pids_limit_reached(const Call& call);  ///< of this process's own cgroup

}  // namespace lab::causes
