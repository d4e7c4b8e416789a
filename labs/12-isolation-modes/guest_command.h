// The command in the guest: its process, and guest-init's ends of its streams.
#pragma once

#include <sys/types.h>

#include "guest_request.h"
#include "unique_fd.h"

namespace lab {

struct GuestCommand {
  pid_t pid = -1;
  UniqueFd in, out, err;  ///< the other ends of its stdin, stdout and stderr; do not block
  UniqueFd
      terminal;  ///< the master of its terminal, where it has one: then in and out are copies of it
  UniqueFd trace;  ///< what is told until it runs; at its end it does, or has failed to
};

/// Starts the request's command in a session of its own (setsid(2)), with pipes or with a terminal
/// (pty(7)), which then is its controlling one. Its signals are as the kernel gave them to guest-init, by `mask`.
/// Errors: SyscallError. What fails in the new process is told on `trace` and becomes its exit status.
GuestCommand start_command(const GuestRequest& request, const sigset_t& mask);

/// Tells the terminal how large it is, and the programs on it that this has changed.
void resize(const UniqueFd& terminal, const WindowSize& size);

}  // namespace lab
