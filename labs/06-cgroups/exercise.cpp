// Exercise 06: write these five functions. The handout (README.md beside this file) has hints;
// `./lab check 06 --exercise` grades the result, `./lab watch 06` does so whenever this file is
// saved.
//
// sys.h has each system call checked: it throws where the call fails, and --explain shows it. The
// cgroups are made and removed for you: cgroups.with("memory") is the one that has that controller;
// its path is the directory, and its version is 1 or 2.

#include "exercise.h"
#include "cgroups.h"
#include "step.h"
#include "sys.h"

namespace lab {

// limit_memory - no more memory than this
//
// DESCRIPTION
//   Sets the most memory that the processes of the container have together, in bytes. In a step of
//   its own, keeps them from using swap beyond that.
//
//               version 1                        version 2
//     memory    memory.limit_in_bytes            memory.max
//     swap      memory.memsw.limit_in_bytes      memory.swap.max
//               (memory and swap together)       (swap alone)
//
// NOTES
//   A kernel that does not count swap has no file for it. Version 1 has memory.swappiness then; in
//   version 2 there is nothing to be done.
//   Memory and swap together are never less than memory: the order counts.
//
// SEE ALSO  cgroups(7), the kernel's cgroup-v1/memory.rst and cgroup-v2.rst
void limit_memory(const Cgroups& /*cgroups*/, std::uint64_t /*bytes*/) {
  not_written("limit_memory");
}

// limit_cpus - no more CPU time than this
//
// DESCRIPTION
//   Gives the container's processes together a quota of microseconds on a CPU in each period of
//   100000: 0.4 CPUs are 40000, 2 CPUs are 200000.
//
//     version 1    cpu.cfs_period_us and cpu.cfs_quota_us
//     version 2    cpu.max, which takes both: "QUOTA PERIOD"
//
// SEE ALSO  cgroups(7), the kernel's scheduler/sched-bwc.rst and cgroup-v2.rst
void limit_cpus(const Cgroups& /*cgroups*/, double /*cpus*/) {
  not_written("limit_cpus");
}

// limit_pids - no more processes than this
//
// DESCRIPTION
//   Sets the most processes and threads that the container has at a time: pids.max, in both
//   versions.
//
// SEE ALSO  cgroups(7), the kernel's cgroup-v1/pids.rst
void limit_pids(const Cgroups& /*cgroups*/, std::uint64_t /*pids*/) {
  not_written("limit_pids");
}

// enter_cgroups - move into the cgroups
//
// DESCRIPTION
//   Called in the container's first process, before it becomes the command. Writes "0", which
//   stands for whoever writes, to the entrance of each cgroup (for (Cgroup& cgroup : cgroups)), and
//   then closes it (cgroup.entrance.reset()): with --init, this process lives on beside the command.
//
// NOTES
//   The entrance was opened by the parent: when the mounts of the host are gone, it still leads
//   there.
//
// SEE ALSO  write(2), cgroups(7) on tasks and cgroup.procs
void enter_cgroups(Cgroups& /*cgroups*/) {
  not_written("enter_cgroups");
}

// unshare_cgroup_namespace - its own cgroups as the roots
//
// DESCRIPTION
//   Moves this process into a new cgroup namespace: /proc/self/cgroup in the container shows / for
//   each hierarchy.
//
// NOTES
//   The roots of the new namespace are the cgroups that the process is in at that moment.
//
// SEE ALSO  unshare(2), cgroup_namespaces(7)
void unshare_cgroup_namespace() {
  not_written("unshare_cgroup_namespace");
}

}  // namespace lab
