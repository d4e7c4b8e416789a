#include "terminal.h"

#include <unistd.h>

#include <csignal>

namespace lab {

TerminalState::TerminalState() {
  remembered_ = ::tcgetpgrp(STDIN_FILENO) == ::getpgrp() && ::tcgetattr(STDIN_FILENO, &modes_) == 0;
}

TerminalState::~TerminalState() {
  if (!remembered_) return;
  // A process in the background that takes the terminal is stopped by SIGTTOU, unless it ignores
  // that.
  const auto handler = std::signal(SIGTTOU, SIG_IGN);
  ::tcsetpgrp(STDIN_FILENO, ::getpgrp());
  ::tcsetattr(STDIN_FILENO, TCSADRAIN, &modes_);
  std::signal(SIGTTOU, handler);
}

}  // namespace lab
