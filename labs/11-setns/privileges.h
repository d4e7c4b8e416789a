// The privileges of a process, taken over by another one that has more. The functions are lab 10's.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <vector>

#include "capability_set.h"

namespace lab {

/// Takes over the groups of a process, where its user namespace denies setgroups(2) to those that are in
/// it: to be called before entering it. `directory` is the process's directory in /proc. Nothing for an
/// ordinary user, who may not change them either. Errors: SyscallError.
void take_groups_where_denied(const std::filesystem::path& directory);

/// What a process may do, from /proc/PID/status: its ids as the reader's user namespace has them.
class Privileges {
 public:
  /// `directory` is the process's directory in /proc. Error where it has ended.
  static Privileges of(const std::filesystem::path& directory);

  /// Makes this process's the same: ids and groups, capabilities, no_new_privs, the system call
  /// filter. The kernel forgets a parent-death signal here. Errors: SyscallError.
  void take() const;

 private:
  void become_user() const;

  uid_t uid_ = 0;
  gid_t gid_ = 0;
  std::vector<gid_t> groups_;
  CapabilitySet bounding_, permitted_, ambient_;
  bool no_new_privs_ = false, filtered_ = false, groups_denied_ = false;
};

}  // namespace lab
