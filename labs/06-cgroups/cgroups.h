// Lab 06: limits for a group of processes, and a view in which that group is the root.
#pragma once

#include <cstdint>

#include "container_cgroups.h"

namespace lab {

// In the parent, before the container is started: limits that the command finds set already.
// Version 1 and version 2 have other names for the same files, cgroups(7). Errors: SyscallError;
// Error where this kernel has not the controller.

/// No more memory than `bytes`, page cache included, and no way around it by swapping.
void limit_memory(const Cgroups& cgroups, std::uint64_t bytes);

/// No more CPU time than `cpus` CPUs have: in each period of 100 ms, `cpus` times 100 ms.
void limit_cpus(const Cgroups& cgroups, double cpus);

/// No more than `pids` processes and threads at a time.
void limit_pids(const Cgroups& cgroups, std::uint64_t pids);

/// In the child: moves this process into each cgroup, and closes the entrances: the container must
/// not keep them. Its children begin where it is. Errors: SyscallError.
void enter_cgroups(Cgroups& cgroups);

/// In the child, afterwards: its cgroups become the roots of what it sees (CLONE_NEWCGROUP,
/// cgroup_namespaces(7)). Precondition: CAP_SYS_ADMIN. Errors: SyscallError.
void unshare_cgroup_namespace();

}  // namespace lab
