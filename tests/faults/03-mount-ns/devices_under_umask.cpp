// Mistake: mknod is asked for mode 0666, and the umask makes it 0644.
// fails: /dev has the six devices and no other

#include "wrong_dev.h"

namespace lab {

void mount_dev() {
  Dev dev;
  dev.clears_umask = false;
  mount_dev_as(dev);
}

}  // namespace lab
