// cgroup version 2: which controllers a cgroup hands on to its children.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "shared_use.h"

namespace lab {

/// Has `cgroup`, a cgroup of version 2 in which the labs make theirs, hand `controllers` on
/// (cgroup.subtree_control). Those that it did not before are taken back with the last lab. Errors:
/// SyscallError.
SharedUse hand_on_controllers(const std::filesystem::path& cgroup,
                              const std::vector<std::string>& controllers);

}  // namespace lab
