// Mistake: descriptors are closed from 3 up to the first that is not open; beyond it others are.
// fails: no descriptor of the caller leads out

#include <unistd.h>

#include "chroot.h"
#include "step.h"

namespace lab {

void close_inherited_descriptors() {
  step("close-fds", "close 3, 4, 5, ...", [] {
    int fd = STDERR_FILENO + 1;
    while (::close(fd) == 0) ++fd;
  });
}

}  // namespace lab
