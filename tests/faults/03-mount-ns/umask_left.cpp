// Mistake: the umask is cleared for mknod, and the command inherits it so.
// fails: the umask is the caller's

#include "wrong_dev.h"

namespace lab {

void mount_dev() {
  Dev dev;
  dev.restores_umask = false;
  mount_dev_as(dev);
}

}  // namespace lab
