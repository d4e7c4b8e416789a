// Mistake: a map has one range, whatever was asked for.
// fails: --map says which ids are which

#include "wrong_user_namespace.h"

namespace lab {

void map_ids(pid_t process, const IdMaps& maps) {
  step("map-ids", "which ids in there are which out here", [&] {
    if (maps.deny_setgroups) deny_setgroups(process);
    write_maps(process, map_text({maps.uids.front()}), map_text({maps.gids.front()}));
  });
}

}  // namespace lab
