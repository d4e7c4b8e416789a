// The terminal while a terminal in the guest stands behind it.
#pragma once

#include "terminal.h"

namespace lab {

/// The terminal on stdin in raw mode (cfmakeraw(3)): every key goes to the guest, and is echoed, edited
/// and turned into a signal there. The destructor brings its modes back.
class RawTerminal {
 public:
  RawTerminal();

 private:
  TerminalState callers_;
};

}  // namespace lab
