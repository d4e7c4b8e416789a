// Lab 08: a name of its own, and no shared memory, semaphores or message queues with others.
#pragma once

#include <string>

namespace lab {

/// Gives this process a UTS namespace of its own (unshare(2), uts_namespaces(7)), and in it the name
/// `hostname` (sethostname(2)). Precondition: CAP_SYS_ADMIN. Errors: SyscallError.
void enter_uts_namespace(const std::string& hostname);

/// Gives this process an IPC namespace of its own (unshare(2), ipc_namespaces(7)).
/// Precondition: CAP_SYS_ADMIN. Errors: SyscallError.
void enter_ipc_namespace();

/// Mounts /dev/mqueue: the POSIX message queues of this process's IPC namespace (mq_overview(7)).
/// Preconditions: CAP_SYS_ADMIN, enter_ipc_namespace() and mount_dev() (lab 03) were called.
/// Errors: SyscallError.
void mount_mqueue();

}  // namespace lab
