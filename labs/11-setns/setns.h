// Lab 11: a process goes into a container that is there already.
#pragma once

#include <filesystem>
#include <functional>

#include "entrances.h"
#include "process.h"

namespace lab {

/// Opens what leads into the container that a process is in (open(2), namespaces(7)): its namespaces,
/// those that this process shares left out; its root directory; its cgroups. `directory` is the
/// process's directory in /proc. Errors: SyscallError.
Entrances open_entrances(const std::filesystem::path& directory);

/// Moves this process into the user namespace (setns(2), user_namespaces(7)), where there is another
/// one: it gives every capability over the namespaces that belong to it, and takes those over the
/// host. Errors: SyscallError.
void enter_user_namespace(const Entrances& entrances);

/// Makes a child in the PID namespace, that waits at `gate` and then runs `body` (setns(2), fork(2)).
/// No process of the container can look into it before it is the command (PR_SET_DUMPABLE, prctl(2)).
/// Returns the child; an empty one where the step "fork-into" was left out. Errors: SyscallError.
Child fork_into_container(const Entrances& entrances, StartGate& gate,
                          const std::function<int()>& body);

/// In the child: moves it into the container's cgroups, and closes their files. Errors: SyscallError.
void join_cgroups(Entrances& entrances);

/// In the child: moves it into all the other namespaces, the mount namespace last, and makes the
/// container's root its root and working directory (setns(2), chroot(2)). Closes all entrances.
/// Errors: SyscallError.
void enter_namespaces(Entrances& entrances);

}  // namespace lab
