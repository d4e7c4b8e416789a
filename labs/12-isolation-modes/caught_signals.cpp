#include "caught_signals.h"

#include <sys/signalfd.h>

#include <cerrno>

#include "error.h"

namespace lab {

CaughtSignals::CaughtSignals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGTSTP, SIGWINCH}) {
    sigaddset(&set, signal);
  }
  fd_.reset(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd_) throw SyscallError({"signalfd", {-1}}, errno);
  ::sigprocmask(SIG_BLOCK, &set, &callers_mask_);
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignore, &callers_pipe_);
}

CaughtSignals::~CaughtSignals() {
  while (take()) {  // else the first would end the lab now
  }
  give_back();
}

void CaughtSignals::give_back() const noexcept {
  ::sigaction(SIGPIPE, &callers_pipe_, nullptr);
  ::sigprocmask(SIG_SETMASK, &callers_mask_, nullptr);
}

std::optional<int> CaughtSignals::take() {
  signalfd_siginfo info{};
  if (::read(fd_.get(), &info, sizeof info) != sizeof info) return {};
  return static_cast<int>(info.ssi_signo);
}

}  // namespace lab
