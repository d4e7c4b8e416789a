// What a child has its parent do, while it waits.
#pragma once

#include <sys/types.h>

#include <functional>

#include "process.h"
#include "unique_fd.h"

namespace lab {

/// Made before the fork. The parent may do what the child may not, such as what takes power over the
/// host that the child has given up.
class Errand {
 public:
  /// `deed` gets the pid of the child that asked.
  explicit Errand(std::function<void(pid_t)> deed);

  /// In the child, once: returns when the parent has done it; Error where the parent has ended. Where
  /// there is no child (the fork was left out), does it here.
  void ask();
  /// In the parent: waits for the child to ask, or to end, and does it. Errors: those of the deed.
  void serve(const Child& child);

 private:
  std::function<void(pid_t)> deed_;
  pid_t parent_;
  UniqueFd childs_end_, parents_end_;
};

}  // namespace lab
