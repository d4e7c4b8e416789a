// Lab 10: a program in the kernel that looks at each system call of a process.
#pragma once

#include <linux/filter.h>

#include <vector>

#include "refused_calls.h"
#include "unique_fd.h"

namespace lab {

/// A program for the kernel, seccomp(2): for the number and the arguments of a system call it says
/// whether the call is made, or what is answered in its place.
using Filter = std::vector<sock_filter>;

/// The filter that answers EPERM to the calls of `refused`, and ENOSYS, as an older kernel would, to
/// calls of another architecture, to those that are newer than the list, and to clone3(2), whose
/// flags no filter can see; with CAP_SYS_ADMIN (`namespaces_allowed`) clone3 is let through.
/// Errors: Error.
Filter filter_against(const std::vector<RefusedGroup>& refused, bool namespaces_allowed);

/// The default filter for a process that has these capabilities.
Filter default_filter(const CapabilitySet& kept);

/// From now on the filter answers for this process, its children and every program that they become;
/// it cannot be taken back. Precondition: no_new_privs, or CAP_SYS_ADMIN. Errors: SyscallError.
/// Where what is refused shall be `told`, the kernel does not answer EPERM by itself: it asks whoever
/// has the descriptor that is returned, and the caller waits. It is empty where the kernel cannot do
/// that (before Linux 5.0): then the kernel's own log has what was refused.
UniqueFd install_filter(const Filter& filter, bool told = false);

}  // namespace lab
