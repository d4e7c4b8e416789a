// Mistake: the init waits for the child that it made, and not for the orphans that it is given.
// fails: with --init orphans are reaped

#include "wrong_init.h"

namespace lab {

int run_under_init(const std::function<int()>& body) {
  const sigset_t signals = signals_of_init();
  Child command = fork_from_init(signals, body);
  return wait_for(command, signals);
}

}  // namespace lab
