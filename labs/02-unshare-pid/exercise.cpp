// Exercise 02: write these five functions. The handout (README.md beside this file) has hints;
// `./lab check 02 --exercise` grades the result, `./lab watch 02` does so whenever this file is
// saved.
//
// sys.h has each system call checked: it throws where the call fails, and --explain shows it.
// process.h has Child, fork_child() and StartGate.

#include "exercise.h"
#include "pid_namespace.h"
#include "step.h"
#include "sys.h"

namespace lab {

// fork_into_pid_namespace - make a PID namespace, and its first process
//
// DESCRIPTION
//   Asks for a new PID namespace and forks (fork_child()). The child waits at the gate
//   (gate.wait()) and then runs body; what body returns is its exit status.
//
// RETURN VALUE
//   In the parent: the child. It is PID 1 of the new namespace, and in the namespace of the parent
//   it has another pid, the one that child.pid() tells.
//
// NOTES
//   The calling process itself stays where it is: see what pid_namespaces(7) says about unshare(2).
//
// SEE ALSO  unshare(2), fork(2), pid_namespaces(7)
Child fork_into_pid_namespace(StartGate& /*gate*/, const std::function<int()>& /*body*/) {
  not_written("fork_into_pid_namespace");
}

// forward_signals - keep the signals that are meant for the command
//
// DESCRIPTION
//   Blocks SIGTERM, SIGINT, SIGHUP, SIGQUIT and SIGCHLD in the calling process, so that none of
//   them has its effect and each waits to be taken with sigwaitinfo(2). It is called after the
//   fork: the child must not inherit the blocked signals.
//
// RETURN VALUE
//   The set of these signals. Where child is empty (the fork was left out): nothing is blocked, and
//   the set is empty.
//
// SEE ALSO  sigprocmask(2), sigemptyset(3), signal(7)
sigset_t forward_signals(const Child& /*child*/) {
  not_written("forward_signals");
}

// wait_for - wait for the child, and pass signals on to it
//
// DESCRIPTION
//   Takes each of signals as it comes. SIGCHLD says that a child may have ended (child.ended()).
//   Any other is sent on to the child, unless the terminal sent it (si_code is SI_KERNEL): then the
//   child has had it already. Where the set is empty, only waits.
//
// RETURN VALUE
//   The child's exit status, as child.wait() and child.ended() give it.
//
// SEE ALSO  sigwaitinfo(2), kill(2), sigaction(2) on siginfo_t
int wait_for(Child& /*child*/, const sigset_t& /*signals*/) {
  not_written("wait_for");
}

// die_with_parent - let the container end with the lab, however the lab ends
//
// DESCRIPTION
//   Asks the kernel to send this process SIGKILL as soon as its parent ends. The parent may have
//   ended before that call: gate.check_parent() throws where it has.
//
// SEE ALSO  prctl(2) on PR_SET_PDEATHSIG
void die_with_parent(const StartGate& /*gate*/) {
  not_written("die_with_parent");
}

// run_under_init - be a small init
//
// DESCRIPTION
//   Called in PID 1, with --init. Runs body in a child (fork_child()), with the signals blocked or
//   not as they were. Until that child ends, it reaps every process that ends in the namespace:
//   orphans become children of PID 1. SIGTERM, SIGINT, SIGHUP and SIGQUIT are passed on to the
//   child, unless the terminal sent them. Once the child is there, it closes every descriptor above
//   2: what PID 1 has open, the command finds in /proc/1/fd.
//
// RETURN VALUE
//   The exit status of the child that runs body (exit_status_from_wait()).
//
// NOTES
//   To PID 1 the kernel delivers only signals that it has a handler for, or waits for.
//   One SIGCHLD may stand for several children that ended.
//   Once the child was reaped by waitpid(-1, …), child.release() keeps its destructor from waiting
//   again.
//
// SEE ALSO  waitpid(2), sigwaitinfo(2), pid_namespaces(7)
int run_under_init(const std::function<int()>& /*body*/) {
  not_written("run_under_init");
}

}  // namespace lab
