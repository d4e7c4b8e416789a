// The rules for devices as a BPF program: cgroups of version 2 have no file for them.
#pragma once

#include <filesystem>

namespace lab {

/// Attaches a program to `cgroup`, of version 2, that the kernel runs whenever a process of it opens
/// a device or makes a node (bpf(2)): it allows what device_rules.h has, and mknod(2). It goes with
/// the cgroup. Programs of the cgroups above are asked, too. Preconditions: CAP_SYS_ADMIN (or
/// CAP_BPF and CAP_NET_ADMIN) of the host's. Errors: SyscallError.
void attach_device_program(const std::filesystem::path& cgroup);

}  // namespace lab
