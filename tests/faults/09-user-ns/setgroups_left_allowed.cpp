// Mistake: an ordinary user's gid_map is written without denying setgroups before.
// fails: without root the command is root inside and the caller outside
// fails: without root groups can be neither set nor dropped
// fails: who is not root is told so

#include "wrong_user_namespace.h"

namespace lab {

void map_ids(pid_t process, const IdMaps& maps) {
  step("map-ids", "which ids in there are which out here",
       [&] { write_maps(process, map_text(maps.uids), map_text(maps.gids)); });
}

}  // namespace lab
