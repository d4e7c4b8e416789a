// Mistake: a tmpfs has mode 1777 unless told: anyone may make files in /dev.
// fails: /dev is a file system of the container's own

#include "wrong_dev.h"

namespace lab {

void mount_dev() {
  Dev dev;
  dev.options = nullptr;
  mount_dev_as(dev);
}

}  // namespace lab
