// Mistake: /dev/mqueue is mounted without any of the flags that a container's file systems have.
// fails: /dev/mqueue has the message queues of the container and no others

#include "step.h"
#include "sys.h"
#include "uts_ipc.h"

namespace lab {

void mount_mqueue() {
  step("mount-mqueue", "the message queues, as files", [] {
    sys::mkdir("/dev/mqueue", 0755);
    sys::mount("mqueue", "/dev/mqueue", "mqueue", 0);
  });
}

}  // namespace lab
