// Mistake: the init takes WEXITSTATUS of a command that a signal ended, which is 0.
// fails: with --init the end by a signal comes back as 128+N

#include <sys/wait.h>

#include "wrong_init.h"

namespace lab {

int run_under_init(const std::function<int()>& body) {
  const sigset_t signals = signals_of_init();
  Child command = fork_from_init(signals, body);
  for (;;) {
    for (sys::Waited end; (end = sys::waitpid(-1, WNOHANG)).pid > 0;) {
      if (end.pid != command.pid()) continue;
      command.release();
      return WEXITSTATUS(end.status);
    }
    forward_from_init(signals, command.pid());
  }
}

}  // namespace lab
