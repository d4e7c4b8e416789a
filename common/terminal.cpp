#include "terminal.h"

#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace lab {

TerminalState::TerminalState() {
  remembered_ = ::tcgetpgrp(STDIN_FILENO) == ::getpgrp() && ::tcgetattr(STDIN_FILENO, &modes_) == 0;
}

TerminalState::~TerminalState() {
  // Where a shell of ours took the terminal and has ended, its process group is gone. Any other
  // group in the foreground has it by right: this lab was put into the background.
  const pid_t foreground = ::tcgetpgrp(STDIN_FILENO);
  const bool orphaned = ::kill(-foreground, 0) == -1 && errno == ESRCH;
  if (!remembered_ || (foreground != ::getpgrp() && !orphaned)) return;
  // A process in the background that takes the terminal is stopped by SIGTTOU, unless it ignores
  // that.
  const auto handler = std::signal(SIGTTOU, SIG_IGN);
  ::tcsetpgrp(STDIN_FILENO, ::getpgrp());
  ::tcsetattr(STDIN_FILENO, TCSADRAIN, &modes_);
  std::signal(SIGTTOU, handler);
}

}  // namespace lab
