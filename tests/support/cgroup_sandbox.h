// The cgroups that the checks and the programs under test run in: in each hierarchy one of their
// own, lab-checks-PID, which looks like the root of the hierarchy to them. What other programs do
// with cgroups meanwhile is not seen in it, and whatever is new in it was left behind by a run.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace check {

/// Runs `body` in a child process that is in such cgroups, in a cgroup and a mount namespace of its
/// own; returns its exit status. Signals are passed on. Afterwards, and where an earlier one was
/// killed, the cgroups are removed with the processes in them. A hierarchy in which no cgroup can be
/// made stays as it is. When the machine is busy, all in it together get the CPU time that
/// `cpu_weight` usual cgroups get, 1 to 100; without cgroups each process would count by itself.
int in_cgroup_sandbox(const std::function<int()>& body, int cpu_weight = 1);

/// The directories below those cgroups, and the controllers that they hand on (version 2).
std::vector<std::string> sandboxed_cgroups();

}  // namespace check
