// The directory of --upper, while a container writes to it.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <utility>

#include "unique_fd.h"

namespace lab {

/// Keeps every other run away from the directory as long as this object lives, by a lock that goes
/// with its holder (flock(2)). Lives in the parent; with an empty path it does nothing. Where this
/// run was the first and changed nothing, the destructor leaves the directory as it was.
class KeptChanges {
 public:
  explicit KeptChanges(const std::filesystem::path& directory);
  KeptChanges(const KeptChanges&) = delete;
  KeptChanges& operator=(const KeptChanges&) = delete;
  ~KeptChanges();

  /// Makes the directory, reached as `place`, the container's, whose root has these ids out here (lab
  /// 09): the step "give-upper". Error where a container with other ids has written to it. Where
  /// nothing is changed, the destructor gives it back.
  void give_to(const std::filesystem::path& place, uid_t uid, gid_t gid);

  /// In the child: closes its copy of the lock, which stays the parent's. By an open directory of the
  /// host a link in the image would lead out of any root (/proc/self/fd), until the command is run.
  void let_go() { locked_.reset(); }

 private:
  bool first_run_ = false;
  std::filesystem::path directory_;
  std::optional<std::pair<uid_t, gid_t>> owner_before_;
  UniqueFd locked_;
};

}  // namespace lab
