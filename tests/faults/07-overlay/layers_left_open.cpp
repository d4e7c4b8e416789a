// Mistake: the layers stay open. execve closes them, but PID 1 of --init makes no execve, and this
// init closes nothing either.
// fails: with --init PID 1 keeps no directory open

#include "../02-unshare-pid/wrong_init.h"
#include "wrong_layers.h"

namespace lab {

void mount_layers(const std::filesystem::path& image,
                  const std::vector<std::filesystem::path>& lower,
                  const std::filesystem::path& upper) {
  Layers layers;
  layers.closes = false;
  mount_layers_as(layers, image, lower, upper);
}

int run_under_init(const std::function<int()>& body) {
  const sigset_t signals = signals_of_init();
  Child command = fork_from_init(signals, body);
  for (;;) {
    for (sys::Waited end; (end = sys::waitpid(-1, WNOHANG)).pid > 0;) {
      if (end.pid != command.pid()) continue;
      command.release();
      return exit_status_from_wait(end.status);
    }
    forward_from_init(signals, command.pid());
  }
}

}  // namespace lab
