// Signals to the lab, kept for the guest.
#pragma once

#include <csignal>
#include <optional>

#include "unique_fd.h"

namespace lab {

/// As long as it lives, INT, TERM, HUP, QUIT, USR1, USR2, TSTP and WINCH end or stop nothing: they wait
/// to be taken (signalfd(2)). And a write into a broken pipe answers EPIPE in place of SIGPIPE.
/// Made before QEMU is started: what comes meanwhile must not end the lab without its destructors.
class CaughtSignals {
 public:
  CaughtSignals();
  CaughtSignals(const CaughtSignals&) = delete;
  CaughtSignals& operator=(const CaughtSignals&) = delete;
  ~CaughtSignals();

  int fd() const { return fd_.get(); }  ///< readable where take() has one
  std::optional<int> take();            ///< the next one's number; nothing where none waits

  /// In a child, before execve(2): as it was before this object, for blocked and ignored signals
  /// stay so in the new program.
  void give_back() const noexcept;

 private:
  UniqueFd fd_;
  sigset_t callers_mask_{};
  struct sigaction callers_pipe_ {};
};

}  // namespace lab
