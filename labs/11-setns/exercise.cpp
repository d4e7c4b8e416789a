// Exercise 11: write these five functions. The handout (README.md beside this file) has hints;
// `./lab check 11 --exercise` grades the result, `./lab watch 11` does so whenever this file is
// saved.
//
// sys.h has each system call checked: it throws where the call fails, and --explain shows it. What the
// entrances are is in entrances.h.

#include "exercise.h"
#include "setns.h"
#include "step.h"
#include "sys.h"

namespace lab {

// open_entrances - hold open what leads into the container
//
// DESCRIPTION
//   Opens, in a first step, the namespaces of a process, directory/ns/KIND, but for those that this
//   process is in already; and its root, directory/root, as a directory with O_PATH. In a second step,
//   the files of its cgroups: open_cgroups_of() has them.
//
// NOTES
//   namespaces.h has the table of kinds with flag and file name. Such a file is a symbolic link whose
//   text tells the namespace: std::filesystem::read_symlink() reads one, and namespace_of("self", …)
//   the one of this process.
//
// SEE ALSO  namespaces(7), proc(5) on /proc/PID/ns and /proc/PID/root
Entrances open_entrances(const std::filesystem::path& /*directory*/) {
  not_written("open_entrances");
}

// enter_user_namespace - power over the other namespaces
//
// DESCRIPTION
//   Moves this process into the container's user namespace, where entrances.find(CLONE_NEWUSER) has
//   one; else it is in it, and the kernel would answer EINVAL.
//
// SEE ALSO  setns(2), user_namespaces(7)
void enter_user_namespace(const Entrances& /*entrances*/) {
  not_written("enter_user_namespace");
}

// fork_into_container - a child with a pid in there
//
// DESCRIPTION
//   Three steps. First PR_SET_DUMPABLE is set to 0: the child is seen by the container's processes before
//   it is the command, and still has the host's program and files; now they may not look into it.
//   Then setns(2) into the PID namespace. Then a child is forked (fork_child() of process.h), which waits
//   at the gate and then runs body. Returns the child.
//
// NOTES
//   setns(2) of a PID namespace is for the children to come. The caller stays where it is.
//
// SEE ALSO  prctl(2), setns(2), pid_namespaces(7)
Child fork_into_container(const Entrances& /*entrances*/, StartGate& /*gate*/,
                          const std::function<int()>& /*body*/) {
  not_written("fork_into_container");
}

// join_cgroups - the container's limits
//
// DESCRIPTION
//   Writes "0", which stands for whoever writes, to each of entrances.cgroups, and closes them.
//
// SEE ALSO  cgroups(7)
void join_cgroups(Entrances& /*entrances*/) {
  not_written("join_cgroups");
}

// enter_namespaces - all the others, and the root
//
// DESCRIPTION
//   Moves this process into the cgroup, IPC, UTS, network and mount namespaces, each in a step of its
//   own, where there is another one. Then stands in entrances.root (fchdir) and makes that its root
//   (chroot). Closes all entrances: entrances = {}.
//
// NOTES
//   Which comes last? After setns(2) into a mount namespace a path begins at the container's root.
//
// SEE ALSO  setns(2), fchdir(2), chroot(2)
void enter_namespaces(Entrances& /*entrances*/) {
  not_written("enter_namespaces");
}

}  // namespace lab
