// What the wrong inits share: the signals that an init keeps, and its child.
#pragma once

#include <csignal>
#include <functional>

#include "pid_namespace.h"
#include "sys.h"

namespace lab {

inline sigset_t signals_of_init() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGCHLD}) sigaddset(&signals, signal);
  return signals;
}

// With `signals` blocked in the caller, and as they were in the child.
inline Child fork_from_init(const sigset_t& signals, const std::function<int()>& body) {
  sigset_t callers_mask;
  ::sigprocmask(SIG_BLOCK, &signals, &callers_mask);
  return fork_child([&] {
    ::sigprocmask(SIG_SETMASK, &callers_mask, nullptr);
    return body();
  });
}

inline void forward_from_init(const sigset_t& signals, pid_t command) {
  const siginfo_t info = sys::sigwaitinfo(signals);
  if (info.si_signo != SIGCHLD && info.si_code != SI_KERNEL) ::kill(command, info.si_signo);
}

}  // namespace lab
