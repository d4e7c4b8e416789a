// Mistake: the init waits for whatever the command has left behind, instead of ending with it.
// fails: with --init the end of the command ends its children

#include <sys/wait.h>

#include "wrong_init.h"

namespace lab {

int run_under_init(const std::function<int()>& body) {
  const sigset_t signals = signals_of_init();
  Child command = fork_from_init(signals, body);
  const pid_t pid = command.pid();
  command.release();
  int status = EXIT_SUCCESS;
  for (;;) {
    int wait_status = 0;
    const pid_t ended = ::waitpid(-1, &wait_status, WNOHANG);
    if (ended == -1) return status;  // no child is left
    if (ended == pid) status = exit_status_from_wait(wait_status);
    if (ended == 0) forward_from_init(signals, pid);
  }
}

}  // namespace lab
