// Mistake: setgroups is denied where it need not be, and then the caller's groups cannot be dropped.
// fails: the caller's groups are dropped

#include "wrong_user_namespace.h"

namespace lab {

void map_ids(pid_t process, const IdMaps& maps) {
  step("map-ids", "which ids in there are which out here", [&] {
    deny_setgroups(process);
    write_maps(process, map_text(maps.uids), map_text(maps.gids));
  });
}

void become_root(const IdMaps& /*maps*/) {
  step("become-root", "be uid 0 and gid 0 of the namespace", [] {
    sys::setresgid(0, 0, 0);
    sys::setresuid(0, 0, 0);
  });
}

}  // namespace lab
