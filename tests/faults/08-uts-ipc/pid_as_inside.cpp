// Mistake: the container's first process writes down the pid that it has itself, and not the one that
// the host knows it by.
// fails: state.json tells of a running container what the kernel tells

#include <unistd.h>

#include "container_state.h"

namespace lab {

void ContainerState::note_pids() {
  facts_.pid = facts_.pid_inside = ::getpid();
}

}  // namespace lab
