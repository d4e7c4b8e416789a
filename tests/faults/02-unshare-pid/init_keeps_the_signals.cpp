// Mistake: the init reaps orphans, and what is sent to it goes no further.
// fails: with --init signals and the exit status pass through

#include "pid_namespace.h"
#include "sys.h"

namespace lab {

int run_under_init(const std::function<int()>& body) {
  Child command = fork_child(body);
  for (;;) {
    const sys::Waited end = sys::waitpid(-1, 0);
    if (end.pid != command.pid()) continue;
    command.release();
    return exit_status_from_wait(end.status);
  }
}

}  // namespace lab
