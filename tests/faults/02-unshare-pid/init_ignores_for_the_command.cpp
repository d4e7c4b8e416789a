// Mistake: what the init ignores for itself, the command inherits.
// fails: with --init no signal is blocked or ignored

#include <sys/wait.h>

#include "wrong_init.h"

namespace lab {

int run_under_init(const std::function<int()>& body) {
  const sigset_t signals = signals_of_init();
  std::signal(SIGPIPE, SIG_IGN);
  Child command = fork_from_init(signals, body);
  for (;;) {
    for (sys::Waited end; (end = sys::waitpid(-1, WNOHANG)).pid > 0;) {
      if (end.pid != command.pid()) continue;
      command.release();
      return exit_status_from_wait(end.status);
    }
    forward_from_init(signals, command.pid());
  }
}

}  // namespace lab
