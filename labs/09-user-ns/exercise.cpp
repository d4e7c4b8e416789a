// Exercise 09: write these three functions. The handout (README.md beside this file) has hints;
// `./lab check 09 --exercise` grades the result, `./lab watch 09` does so whenever this file is
// saved.
//
// sys.h has each system call checked: it throws where the call fails, and --explain shows it. Which
// ids are to be mapped has been chosen: maps.uids and maps.gids.

#include "exercise.h"

#include "program.h"
#include "step.h"
#include "sys.h"
#include "user_namespace.h"

namespace lab {

// enter_user_namespace - a user namespace of one's own
//
// DESCRIPTION
//   Moves this process into a new user namespace.
//
// NOTES
//   Every other namespace belongs to a user namespace: to that of the process which makes it. So this
//   one comes first.
//
// SEE ALSO  unshare(2), user_namespaces(7)
void enter_user_namespace() {
  not_written("enter_user_namespace");
}

// map_ids - which ids in there are which out here
//
// DESCRIPTION
//   Called outside, while `process` waits in its new namespace. Writes maps.uids to
//   /proc/PID/uid_map and maps.gids to /proc/PID/gid_map; map_text() makes a map the text that the
//   kernel takes. Where maps.by_programs is set, the programs newuidmap and newgidmap write them:
//   command_line() makes their arguments, run_program() runs them.
//   Where maps.deny_setgroups is set, "deny" goes into /proc/PID/setgroups, in a step of its own.
//
// NOTES
//   A map is written once, in one write(2). An ordinary user's gid_map is refused as long as
//   setgroups(2) is allowed in the namespace: the order counts.
//
// SEE ALSO  user_namespaces(7), newuidmap(1)
void map_ids(pid_t /*process*/, const IdMaps& /*maps*/) {
  not_written("map_ids");
}

// become_root - be the root of the namespace
//
// DESCRIPTION
//   Called in the namespace, once ids are mapped. Drops all supplementary groups, unless
//   maps.deny_setgroups is set; then sets the real, effective and saved gid to 0, and the three uids.
//
// NOTES
//   Until now the uid of this process is one that has no place in the map: 65534 is shown for it.
//   execve(2) takes all capabilities away from a process whose uid is not 0.
//
// SEE ALSO  setgroups(2), setresuid(2), setresgid(2), capabilities(7)
void become_root(const IdMaps& /*maps*/) {
  not_written("become_root");
}

}  // namespace lab
