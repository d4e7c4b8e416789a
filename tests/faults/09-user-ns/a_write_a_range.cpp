// Mistake: each range is written by itself, but a map can be written once.
// fails: --map says which ids are which

#include "wrong_user_namespace.h"

namespace lab {

void map_ids(pid_t process, const IdMaps& maps) {
  step("map-ids", "which ids in there are which out here", [&] {
    if (maps.deny_setgroups) deny_setgroups(process);
    for (size_t i = 0; i < maps.uids.size(); ++i)
      write_maps(process, map_text({maps.uids[i]}), map_text({maps.gids[i]}));
  });
}

}  // namespace lab
