// Mistake: the init reaps one child for each SIGCHLD; one may stand for several.
// fails: with --init orphans are reaped

#include "wrong_init.h"

namespace lab {

int run_under_init(const std::function<int()>& body) {
  const sigset_t signals = signals_of_init();
  Child command = fork_from_init(signals, body);
  for (;;) {
    forward_from_init(signals, command.pid());
    const sys::Waited end = sys::waitpid(-1, WNOHANG);
    if (end.pid != command.pid()) continue;
    command.release();
    return exit_status_from_wait(end.status);
  }
}

}  // namespace lab
