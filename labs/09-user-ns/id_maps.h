// Which ids in a user namespace are which outside.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lab {

/// `count` ids from `inside` on are those from `outside` on.
struct IdRange {
  std::uint32_t inside, outside, count;
};
using IdMap = std::vector<IdRange>;

struct IdMaps {
  IdMap uids, gids;
  bool by_programs =
      false;  ///< newuidmap(1) and newgidmap(1) write them: they are set-user-ID root
  bool deny_setgroups = false;  ///< where one's own gid alone is mapped, without privilege
  std::string why;              ///< told by --explain

  uid_t root_uid() const { return *outside(uids, 0); }  ///< outside, of uid 0 inside
  gid_t root_gid() const { return *outside(gids, 0); }

  /// The id outside of `inside`; nothing where it is in no range.
  static std::optional<std::uint32_t> outside(const IdMap& map, std::uint32_t inside);
};

/// INSIDE:OUTSIDE:COUNT. Error, with a hint, where `text` is not such a range of 32-bit ids.
IdRange parse_range(const std::string& text);

/// The range of `user` (a name, or the uid in digits) in the text of a subuid(5) or subgid(5) file.
struct Subordinate {
  std::uint32_t first, count;
};
std::optional<Subordinate> subordinate_ids(const std::string& text, const std::string& name,
                                           const std::string& uid);

/// The maps that were asked for (--map), or the default of this caller. As root: the range that
/// /etc/subuid and /etc/subgid give to root, else to the user of sudo, else that user, or nobody,
/// alone. As another user: oneself as root and then one's range, by newuidmap and newgidmap; where
/// those or the range are missing, oneself alone. Errors: Error where `wanted` has no 0 inside,
/// overlaps, or has an id that this caller may not map.
IdMaps choose_maps(const IdMap& wanted);

/// As /proc/PID/uid_map takes it: a line a range.
std::string map_text(const IdMap& map);

/// newuidmap(1) or newgidmap(1) with its arguments.
std::vector<std::string> command_line(const std::string& program, pid_t process, const IdMap& map);

}  // namespace lab
