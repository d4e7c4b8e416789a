// Exercise 08: write these three functions. The handout (README.md beside this file) has hints;
// `./lab check 08 --exercise` grades the result, `./lab watch 08` does so whenever this file is
// saved.
//
// sys.h has each system call checked: it throws where the call fails, and --explain shows it.

#include "exercise.h"
#include "step.h"
#include "sys.h"
#include "uts_ipc.h"

namespace lab {

// enter_uts_namespace - a host name of its own
//
// DESCRIPTION
//   Moves this process into a new UTS namespace, which begins as a copy of the one that it was in.
//   Then, in a step of its own, sets the host name in it.
//
// NOTES
//   Called before the step bind-hosts of lab 05, which writes the name into /etc/hosts, and before
//   clean-env of lab 01, which puts it into HOSTNAME: both ask for the name that holds then.
//
// SEE ALSO  unshare(2), sethostname(2), uts_namespaces(7)
void enter_uts_namespace(const std::string& /*hostname*/) {
  not_written("enter_uts_namespace");
}

// enter_ipc_namespace - no shared memory, semaphores and queues with others
//
// DESCRIPTION
//   Moves this process into a new IPC namespace. It begins empty: no System V object (sysvipc(7)) and
//   no POSIX message queue (mq_overview(7)) is in it.
//
// SEE ALSO  unshare(2), ipc_namespaces(7)
void enter_ipc_namespace() {
  not_written("enter_ipc_namespace");
}

// mount_mqueue - the message queues, as files
//
// DESCRIPTION
//   Mounts a file system of type mqueue on /dev/mqueue: without set-user-ID programs, devices, and
//   programs to execute. The directory is made first; /dev is a tmpfs of the container's own (lab 03).
//
// NOTES
//   It shows the queues of the IPC namespace that the process is in when it calls mount(2), and goes
//   on showing those.
//
// SEE ALSO  mount(2), mq_overview(7)
void mount_mqueue() {
  not_written("mount_mqueue");
}

}  // namespace lab
