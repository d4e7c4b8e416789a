// What leads into a container: its files, held open.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "unique_fd.h"

namespace lab {

/// A namespace that is not this process's own.
struct NamespaceEntrance {
  int flag;  ///< CLONE_NEW*
  UniqueFd file;
};

/// Once the mount namespace is another one, no path leads to the host's files: what is needed from
/// there is opened before.
struct Entrances {
  std::vector<NamespaceEntrance> namespaces;
  UniqueFd root;                  ///< the process's root directory
  std::vector<UniqueFd> cgroups;  ///< of each hierarchy the file to write "0" to, cgroups(7)

  /// The one of that kind; nullptr where it is shared with this process already.
  const UniqueFd* find(int flag) const;
};

/// The files of the cgroups that the process is in and this one is not. `directory` is its directory
/// in /proc. Errors: Error where they lie above this process's cgroup namespace; SyscallError.
std::vector<UniqueFd> open_cgroups_of(const std::filesystem::path& directory);

}  // namespace lab
