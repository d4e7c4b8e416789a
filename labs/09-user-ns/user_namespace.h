// Lab 09: root in here, no one special out there.
#pragma once

#include <sys/types.h>

#include "id_maps.h"

namespace lab {

/// Gives this process a user namespace of its own (unshare(2), user_namespaces(7)): it has every
/// capability in there, none outside, and ids that no one knows yet. Precondition: one thread; no
/// chroot before. Errors: SyscallError.
void enter_user_namespace();

/// In a process that stayed outside: says which ids in `process`'s user namespace are which out here.
/// Each map can be written once: /proc/PID/uid_map and gid_map, or the programs newuidmap(1) and
/// newgidmap(1) write them (maps.by_programs). Where maps.deny_setgroups says so, setgroups(2) is
/// denied in there before. Errors: SyscallError; Error where such a program fails.
void map_ids(pid_t process, const IdMaps& maps);

/// In the namespace, once ids are mapped: lets go of the caller's supplementary groups, unless
/// maps.deny_setgroups forbids it, and becomes uid 0 and gid 0 (setgroups(2), setresgid(2),
/// setresuid(2)). The kernel forgets a parent-death signal here. Errors: SyscallError.
void become_root(const IdMaps& maps);

}  // namespace lab
