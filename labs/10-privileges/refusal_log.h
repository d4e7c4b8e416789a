// --seccomp-log: what the filter refuses, told on stderr.
#pragma once

#include "process.h"
#include "unique_fd.h"

namespace lab {

/// A process beside the container that the kernel asks (seccomp_unotify(2)): it tells the call, who
/// made it and the reason, and answers EPERM. Lives in the parent, made before the container is
/// started. Where it is killed, the calls are refused all the same: the kernel answers ENOSYS.
class RefusalLog {
 public:
  RefusalLog();
  RefusalLog(const RefusalLog&) = delete;
  RefusalLog& operator=(const RefusalLog&) = delete;

  /// In the container's first process: hands over the descriptor that the kernel asks by, and closes
  /// what is left of it here. An empty one: stderr is told where the kernel's own log is.
  void hand_over(UniqueFd listener);

 private:
  UniqueFd to_teller_, from_container_;
  Child teller_;
};

}  // namespace lab
