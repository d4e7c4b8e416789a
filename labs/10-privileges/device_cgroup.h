// Lab 10: the devices that the processes of a cgroup may open, whatever nodes they have.
#pragma once

#include <optional>

#include "cgroup_directory.h"
#include "container_cgroups.h"

namespace lab {

/// The cgroup that stands for the container where devices are concerned. Lives in the parent, made
/// before the container is started, and so removed after its end. Version 1 has a controller for it
/// (devices.deny, devices.allow). Version 2 has none: there a BPF program (bpf(2),
/// BPF_PROG_TYPE_CGROUP_DEVICE) is attached to a cgroup, and is asked whenever one of its processes
/// opens a device. Preconditions: root, CAP_SYS_ADMIN.
class DeviceCgroup {
 public:
  /// The step "limit-devices": allows those of device_rules.h and no other. `cgroups` are the
  /// container's (lab 06): the one of them that serves is used, else one more is made.
  /// Errors: SyscallError; Error where this machine has no cgroups at all.
  explicit DeviceCgroup(Cgroups& cgroups);
  DeviceCgroup(const DeviceCgroup&) = delete;
  DeviceCgroup& operator=(const DeviceCgroup&) = delete;
  ~DeviceCgroup();  ///< removes what was made; what cannot be removed is told

  /// In the container's first process: the step "enter-devices". Errors: SyscallError.
  void enter();

 private:
  const Cgroup& group(Cgroups& cgroups);

  std::optional<Cgroup> own_;
};

}  // namespace lab
