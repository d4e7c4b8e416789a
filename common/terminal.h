// The terminal, given back as it was.
#pragma once

#include <termios.h>

namespace lab {

/// Remembers the state of the terminal on stdin, where there is one and this process is in its
/// foreground; the destructor brings both back. A shell in a PID namespace takes the terminal for
/// its own process group, and cannot give it back to a group that has no number inside.
class TerminalState {
 public:
  TerminalState();
  TerminalState(const TerminalState&) = delete;
  TerminalState& operator=(const TerminalState&) = delete;
  ~TerminalState();

 private:
  bool remembered_ = false;
  termios modes_{};
};

}  // namespace lab
