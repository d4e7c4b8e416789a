#include "pid_namespace.h"

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "namespaces.h"
#include "procfs.h"
#include "step.h"
#include "sys.h"

namespace lab {
namespace {

sigset_t forwarded_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGCHLD}) sigaddset(&set, signal);
  return set;
}

// A key such as Ctrl-C reaches the whole foreground process group, the child among it: passed on,
// it would come twice.
bool sent_by_terminal(const siginfo_t& info) {
  return info.si_code == SI_KERNEL;
}

// Waits for one of `signals`, which are blocked; any but SIGCHLD goes to the child.
void forward_next_signal(const sigset_t& signals, const Child& child) {
  const siginfo_t info = sys::sigwaitinfo(signals);
  if (info.si_signo != SIGCHLD && !sent_by_terminal(info)) ::kill(child.pid(), info.si_signo);
}

void tell_namespaces() {
  if (!telling()) return;
  tell("PID namespace of this process", namespace_of("self", "pid"));
  tell("PID namespace of its children to come", namespace_of("self", "pid_for_children"));
}

}  // namespace

Child fork_into_pid_namespace(StartGate& gate, const std::function<int()>& body) {
  step("unshare-pid", "ask for a new PID namespace: the next child will be in it, not this process",
       [] {
         tell_namespaces();
         sys::unshare(CLONE_NEWPID);
       });

  Child child;
  step("fork", "the first child is PID 1 of the new namespace", [&] {
    child = fork_child([&] {
      gate.wait();
      return body();
    });
    tell_namespaces();
    if (telling())
      tell("pids of the child (NSpid), outside and inside", pids_of(std::to_string(child.pid())));
  });
  return child;
}

sigset_t forward_signals(const Child& child) {
  sigset_t signals;
  sigemptyset(&signals);
  step("forward-signals", "a signal to the lab is meant for the command: keep it, to pass it on",
       [&] {
         if (!child) return;
         signals = forwarded_signals();
         sys::block_signals(signals);  // blocked, they wait for sigwaitinfo(2)
       });
  return signals;
}

int wait_for(Child& child, const sigset_t& signals) {
  if (sigisemptyset(&signals) != 0) return child.wait();
  int status = 0;
  while (!child.ended(status)) forward_next_signal(signals, child);
  return status;
}

void die_with_parent(const StartGate& gate) {
  step("die-with-parent", "if the lab is killed, even by SIGKILL, the kernel kills the container",
       [&] {
         sys::prctl(PR_SET_PDEATHSIG, SIGKILL);
         gate.check_parent();  // where it ended before the call above, no signal will come
       });
}

namespace {

// What is left open in PID 1 can be reached from every process of its namespace (/proc/1/fd).
void close_all_above_stderr() {
  constexpr auto kFirst = static_cast<unsigned>(STDERR_FILENO + 1);
#ifdef SYS_close_range
  if (::syscall(SYS_close_range, kFirst, ~0U, 0) == 0) return;  // Linux 5.9
#endif
  for (long fd = kFirst; fd < ::sysconf(_SC_OPEN_MAX); ++fd) ::close(static_cast<int>(fd));
}

}  // namespace

int run_under_init(const std::function<int()>& body) {
  bool under_init = false;
  step("init", "PID 1 is a small init that reaps orphans; the command is its child",
       [&] { under_init = true; });
  if (!under_init) return body();

  // To PID 1 the kernel delivers no signal that it has no handler for; blocked ones wait for
  // sigwaitinfo(2).
  const sigset_t signals = forwarded_signals();
  sigset_t callers_mask;
  ::sigprocmask(SIG_BLOCK, &signals, &callers_mask);
  Child command = fork_child([&] {
    ::sigprocmask(SIG_SETMASK, &callers_mask, nullptr);
    return body();
  });
  close_all_above_stderr();
  for (;;) {
    // One SIGCHLD may stand for several ends.
    for (sys::Waited end; (end = sys::waitpid(-1, WNOHANG)).pid > 0;) {
      if (end.pid == command.pid()) {
        command.release();
        return exit_status_from_wait(end.status);
      }
    }
    forward_next_signal(signals, command);
  }
}

}  // namespace lab
