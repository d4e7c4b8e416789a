#include "uts_ipc.h"

#include <sys/mount.h>

#include "namespaces.h"
#include "step.h"
#include "sys.h"

namespace lab {

void enter_uts_namespace(const std::string& hostname) {
  step("unshare-uts", "a host name of its own, at first a copy of the host's", [] {
    sys::unshare(CLONE_NEWUTS);
    if (telling()) tell("UTS namespace of this process", namespace_of("self", "uts"));
  });
  step("set-hostname", "the name that it tells others, and that others find it by",
       [&] { sys::sethostname(hostname); });
}

void enter_ipc_namespace() {
  // Their keys and names are no paths: no root directory and no mount keeps them apart.
  step("unshare-ipc", "no shared memory, semaphore or message queue of the host can be found", [] {
    sys::unshare(CLONE_NEWIPC);
    if (telling()) tell("IPC namespace of this process", namespace_of("self", "ipc"));
  });
}

void mount_mqueue() {
  // What it shows was settled by who mounts it: the queues of the mounting process's IPC namespace.
  step("mount-mqueue", "/dev/mqueue shows the message queues of this IPC namespace, as files", [] {
    sys::mkdir("/dev/mqueue", 0755);
    sys::mount("mqueue", "/dev/mqueue", "mqueue", MS_NOSUID | MS_NODEV | MS_NOEXEC);
  });
}

}  // namespace lab
