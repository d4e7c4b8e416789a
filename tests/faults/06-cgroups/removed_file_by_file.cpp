// Mistake: the cgroup is removed as `rm -rf` would, its files first. The kernel lets no one remove
// them: they go with the directory, by rmdir(2).
// fails: no cgroup is left behind

#include <system_error>

#include "cgroup_directory.h"

namespace lab {

void remove_cgroup(const std::filesystem::path& cgroup) {
  std::error_code not_permitted;
  std::filesystem::remove_all(cgroup, not_permitted);
}

}  // namespace lab
