// Mistake: the parent blocks SIGCHLD before it forks, and the child keeps the mask across execve.
// fails: no signal is blocked or ignored
// fails: with --init no signal is blocked or ignored

#include "pid_namespace.h"
#include "step.h"
#include "sys.h"

namespace lab {

Child fork_into_pid_namespace(StartGate& gate, const std::function<int()>& body) {
  step("unshare-pid", "a new PID namespace", [] { sys::unshare(CLONE_NEWPID); });
  Child child;
  step("fork", "the first child is PID 1", [&] {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGCHLD);
    sys::block_signals(signals);
    child = fork_child([&] {
      gate.wait();
      return body();
    });
  });
  return child;
}

}  // namespace lab
