// Mistake: the init waits for the child that it made, and not for the orphans that it is given.
// fails: with --init orphans are reaped

#include "pid_namespace.h"
#include "sys.h"

namespace lab {

int run_under_init(const std::function<int()>& body) {
  sigset_t signals, callers_mask;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGCHLD}) sigaddset(&signals, signal);
  ::sigprocmask(SIG_BLOCK, &signals, &callers_mask);
  Child command = fork_child([&] {
    ::sigprocmask(SIG_SETMASK, &callers_mask, nullptr);
    return body();
  });
  return wait_for(command, signals);
}

}  // namespace lab
