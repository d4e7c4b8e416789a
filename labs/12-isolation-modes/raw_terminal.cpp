#include "raw_terminal.h"

#include <unistd.h>

namespace lab {

RawTerminal::RawTerminal() {
  termios modes{};
  if (::tcgetattr(STDIN_FILENO, &modes) == -1) return;
  ::cfmakeraw(&modes);
  ::tcsetattr(STDIN_FILENO, TCSADRAIN, &modes);
}

}  // namespace lab
