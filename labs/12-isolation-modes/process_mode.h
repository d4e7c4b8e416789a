// The mode `process`: the container of lab 10, which runs it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "process.h"

namespace lab {

/// Runs 10-privileges, which lies beside this program, with `options` and `command`. Without a time
/// limit this process becomes that program, and the function does not return. Else: its exit
/// status, or 124 where the time is over, as timeout(1) has it; then the container's first process
/// is killed, and the lab takes back what it made. Errors: Error where the program is not there;
/// SyscallError.
int run_as_process(const std::vector<std::string>& options, const std::vector<std::string>& command,
                   const std::optional<std::chrono::milliseconds>& timeout);

/// The same as a child of this process, which ends with it.
class ProcessMode {
 public:
  /// `prepare` runs in the child, before it becomes that program.
  ProcessMode(
      const std::vector<std::string>& options, const std::vector<std::string>& command,
      const std::function<void()>& prepare = [] {});

  Child& lab() { return lab_; }
  /// The container's first process, as soon as it is there; 0: not yet.
  pid_t first_process() const;
  /// Ends it by its first process, so that the lab takes back what it made.
  void end();

 private:
  StartGate gate_;
  Child lab_;
};

}  // namespace lab
