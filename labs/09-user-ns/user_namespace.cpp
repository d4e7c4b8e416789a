#include "user_namespace.h"

#include <fmt/core.h>
#include <unistd.h>

#include <string>

#include "namespaces.h"
#include "program.h"
#include "step.h"
#include "sys.h"

namespace lab {

void enter_user_namespace() {
  step("unshare-user", "a user namespace of its own: every capability in there, none out here", [] {
    sys::unshare(CLONE_NEWUSER);
    if (!telling()) return;
    tell("user namespace of this process", namespace_of("self", "user"));
    tell("its uid and gid, not mapped yet", fmt::format("{} {}", ::getuid(), ::getgid()));
  });
}

void map_ids(pid_t process, const IdMaps& maps) {
  const std::string proc = "/proc/" + std::to_string(process) + "/";
  if (maps.deny_setgroups) {
    step("deny-setgroups", "a group can take rights away: who may not add one may not drop one",
         [&] { sys::write_file(proc + "setgroups", "deny"); });
  }
  step("map-ids", "root in there is someone out here who is no one special: each id has its place",
       [&] {
         tell("why these", maps.why);
         if (maps.by_programs) {
           run_program(command_line("newuidmap", process, maps.uids));
           run_program(command_line("newgidmap", process, maps.gids));
         } else {
           sys::write_file(proc + "uid_map", map_text(maps.uids));
           sys::write_file(proc + "gid_map", map_text(maps.gids));
         }
       });
}

void become_root(const IdMaps& maps) {
  if (!maps.deny_setgroups) {
    step("drop-groups", "the caller's other groups would come along, with all that they may",
         [] { sys::setgroups({}); });
  }
  step("become-root", "be uid 0 and gid 0 of the namespace: what is made from here on is theirs",
       [] {
         sys::setresgid(0, 0, 0);
         sys::setresuid(0, 0, 0);
       });
}

}  // namespace lab
