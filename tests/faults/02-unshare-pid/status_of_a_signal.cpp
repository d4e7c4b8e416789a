// Mistake: WEXITSTATUS is taken of a child that a signal has ended: it is 0 then.
// fails: the end by a signal comes back as 128+N

#include <sys/wait.h>

#include "pid_namespace.h"
#include "sys.h"

namespace lab {

int wait_for(Child& child, const sigset_t& signals) {
  for (;;) {
    const siginfo_t info = sys::sigwaitinfo(signals);
    if (info.si_signo != SIGCHLD && info.si_code != SI_KERNEL) {
      sys::kill(child.pid(), info.si_signo);
      continue;
    }
    const sys::Waited end = sys::waitpid(child.pid(), WNOHANG);
    if (end.pid == 0) continue;
    child.release();
    return WEXITSTATUS(end.status);
  }
}

}  // namespace lab
