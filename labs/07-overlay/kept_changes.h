// The directory of --upper, while a container writes to it.
#pragma once

#include <filesystem>

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

  /// In the child: closes its copy of the lock, which stays the parent's. By an open directory of the
  /// host a link in the image would lead out of any root (/proc/self/fd), until the command is run.
  void let_go() { locked_.reset(); }

 private:
  bool first_run_ = false;
  UniqueFd locked_;
};

}  // namespace lab
