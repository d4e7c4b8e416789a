// Mistake: /dev/mqueue is mounted before the IPC namespace is another one, and goes on showing the
// queues of the host.
// fails: /dev/mqueue has the message queues of the container and no others

#include "step.h"
#include "sys.h"
#include "uts_ipc.h"

namespace lab {

void enter_ipc_namespace() {}

void mount_mqueue() {
  step("mount-mqueue", "the message queues, as files", [] {
    sys::mkdir("/dev/mqueue", 0755);
    sys::mount("mqueue", "/dev/mqueue", "mqueue", MS_NOSUID | MS_NODEV | MS_NOEXEC);
  });
  step("unshare-ipc", "no queue of the host", [] { sys::unshare(CLONE_NEWIPC); });
}

}  // namespace lab
