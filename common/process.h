// Child processes: made, gated, waited for, and never left behind.
#pragma once

#include <sys/types.h>

#include <functional>

#include "pipe.h"

namespace lab {

/// Opens /dev/null on each of the descriptors 0, 1 and 2 that is closed. The next open(2) would
/// take it otherwise, and the command's output would go there.
void open_standard_descriptors();

/// What a shell would have as $? for a status of waitpid(2): the exit status, or 128+N for signal
/// N.
int exit_status_from_wait(int wait_status);

/// A child process. The destructor kills and reaps it where it was not waited for. An empty one has
/// ended with 0.
class Child {
 public:
  Child() = default;
  explicit Child(pid_t pid) : pid_(pid) {}
  Child(Child&& other) noexcept;
  Child& operator=(Child&& other) noexcept;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();

  pid_t pid() const { return pid_; }
  explicit operator bool() const { return pid_ > 0; }

  int wait();                    ///< waits for the end; the exit status as a shell has it
  bool ended(int& exit_status);  ///< the same without waiting; true where the child has ended
  void release() { pid_ = -1; }  ///< forgets the child: someone else has reaped it

 private:
  void kill_and_reap() noexcept;
  pid_t pid_ = -1;
};

/// Forks. The child runs `body` and leaves by _exit with its result; what `body` throws is told on
/// stderr and becomes the exit status. Its copies of the parent's objects are never destroyed.
Child fork_child(const std::function<int()>& body);

/// Holds the child back until the parent is ready for it, and tells it whether the parent is still
/// there. Made before the fork; the parent keeps it as long as the child runs. Where the fork was
/// left out (--skip) there is no one to wait for: wait() and check_parent() return at once.
class StartGate {
 public:
  void open();  ///< in the parent: lets the child go on
  void wait();  ///< in the child: returns once the gate is open; Error where the parent has ended
  void check_parent() const;  ///< in the child, after wait(): Error where the parent has ended

 private:
  Pipe pipe_;
};

}  // namespace lab
