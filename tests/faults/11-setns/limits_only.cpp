// Mistake: only the cgroups that have to do with --memory and --pids are joined. In the others the
// command is with whoever called the lab: its CPU time counts as theirs.
// fails: the command is in the container's cgroups

#include <filesystem>
#include <string>

#include "setns.h"
#include "step.h"
#include "sys.h"

namespace lab {
namespace {

bool limits(const UniqueFd& cgroup) {
  const std::string link =
      std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(cgroup.get()));
  return link.find("/memory/") != std::string::npos || link.find("/pids/") != std::string::npos;
}

}  // namespace

void join_cgroups(Entrances& entrances) {
  step("join-cgroups", "the container's limits", [&] {
    for (const UniqueFd& cgroup : entrances.cgroups) {
      if (limits(cgroup)) sys::write(cgroup.get(), "0");
    }
    entrances.cgroups.clear();
  });
}

}  // namespace lab
