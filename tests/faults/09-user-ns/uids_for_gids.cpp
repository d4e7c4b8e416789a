// Mistake: the map of the uids is written for the gids, too.
// fails: an image that is an overlay itself works
// fails: by default root's ranges in /etc/subuid and /etc/subgid are mapped

#include "wrong_user_namespace.h"

namespace lab {

void map_ids(pid_t process, const IdMaps& maps) {
  step("map-ids", "which ids in there are which out here", [&] {
    if (maps.deny_setgroups) deny_setgroups(process);
    write_maps(process, map_text(maps.uids), map_text(maps.uids));
  });
}

}  // namespace lab
