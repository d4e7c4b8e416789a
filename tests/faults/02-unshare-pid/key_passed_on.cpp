// Mistake: Ctrl-C reaches lab and command; the lab passes its own on, and the command has two.
// fails: a key in the terminal reaches the command once

#include "pid_namespace.h"
#include "sys.h"

namespace lab {

int wait_for(Child& child, const sigset_t& signals) {
  int status = 0;
  while (!child.ended(status)) {
    const siginfo_t info = sys::sigwaitinfo(signals);
    if (info.si_signo != SIGCHLD) ::kill(child.pid(), info.si_signo);
  }
  return status;
}

}  // namespace lab
