// Mistake: a devpts has ptmxmode=000 unless told: only root can open a terminal.
// fails: /dev/pts has terminals of the container only

#include "wrong_dev.h"

namespace lab {

void mount_dev() {
  Dev dev;
  dev.pts_options = "newinstance";
  mount_dev_as(dev);
}

}  // namespace lab
