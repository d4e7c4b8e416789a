// Which ids in a user namespace are which outside.
#pragma once

#include <sys/types.h>

#include <string>

#include "id_ranges.h"

namespace lab {

struct IdMaps {
  IdMap uids, gids;
  bool by_programs = false;     ///< by newuidmap(1) and newgidmap(1), which are set-user-ID root
  bool deny_setgroups = false;  ///< where one's own gid alone is mapped, without privilege
  std::string why;              ///< told by --explain

  uid_t root_uid() const { return *outside_of(uids, 0); }  ///< outside, of uid 0 inside
  gid_t root_gid() const { return *outside_of(gids, 0); }
};

/// The maps that were asked for (--map), or the default of this caller. As root: the range that
/// /etc/subuid and /etc/subgid give to root, else to the user of sudo, else that user, or nobody,
/// alone. As another user: oneself as root and then one's range, by newuidmap and newgidmap; where
/// those or the range are missing, oneself alone. Errors: Error where `wanted` does not hold
/// (check_ranges), or has an id that this caller may not map.
IdMaps choose_maps(const IdMap& wanted);

}  // namespace lab
