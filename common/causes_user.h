// Causes as in causes.h: those of user namespaces, their maps, and ids.
#pragma once

#include <string>

#include "error.h"

namespace lab::causes {

std::string map_is_written(const Call& call);            ///< the map that is written once more
std::string map_of_initial_namespace(const Call& call);  ///< the process that is in the host's
std::string setgroups_must_be_denied(const Call& call);  ///< the file to write first
std::string maps_id_of_others(const Call& call);
std::string map_is_malformed(const Call& call);  ///< the map
std::string groups_before_their_map(const Call& call);
std::string groups_are_denied(const Call& call);
std::string id_has_no_place(const Call& call);      ///< the first id that is not mapped
std::string own_id_has_no_place(const Call& call);  ///< which one: uid or gid
std::string namespace_of_others(const Call& call);  ///< the kind that proc, sysfs or mqueue shows
std::string restricted_by_apparmor(const Call& call);

}  // namespace lab::causes
