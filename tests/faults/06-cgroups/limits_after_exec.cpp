// Mistake: the parent sets the quota when the command runs. Here it hears of the execve by ptrace(2):
// surely too late, and surely in time for checks that ask a command which has begun.
// fails: the limits hold before the command's first instruction

#include <sys/ptrace.h>
#include <sys/wait.h>

#include <cmath>
#include <csignal>
#include <string>

#include "cgroups.h"
#include "pid_namespace.h"
#include "step.h"
#include "sys.h"

namespace lab {
namespace {

const Cgroup* cgroup = nullptr;
std::string quota;

void write_quota() {
  if (cgroup->version == 2) {
    sys::write_file(cgroup->path / "cpu.max", quota + " 100000");
  } else {
    sys::write_file(cgroup->path / "cpu.cfs_quota_us", quota);
  }
}

void wait_for_execve(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) == pid && status >> 8 != (SIGTRAP | PTRACE_EVENT_EXEC << 8))
    ::ptrace(PTRACE_CONT, pid, nullptr, WSTOPSIG(status));
}

}  // namespace

void limit_cpus(const Cgroups& cgroups, double cpus) {
  cgroup = &cgroups.with("cpu");
  quota = std::to_string(std::llround(cpus * 100000));
}

sigset_t forward_signals(const Child& child) {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGCHLD}) sigaddset(&signals, signal);
  step("forward-signals", "a signal to the lab is meant for the command", [&] {
    sys::block_signals(signals);
    if (cgroup != nullptr) ::ptrace(PTRACE_SEIZE, child.pid(), nullptr, PTRACE_O_TRACEEXEC);
  });
  return signals;
}

int wait_for(Child& child, const sigset_t& signals) {
  if (cgroup != nullptr) {
    wait_for_execve(child.pid());
    step("limit-cpu", "the limits hold from here on", write_quota);
    ::ptrace(PTRACE_DETACH, child.pid(), nullptr, nullptr);
  }
  int status = 0;
  while (!child.ended(status)) {
    const siginfo_t info = sys::sigwaitinfo(signals);
    if (info.si_signo != SIGCHLD && info.si_code != SI_KERNEL) ::kill(child.pid(), info.si_signo);
  }
  return status;
}

}  // namespace lab
