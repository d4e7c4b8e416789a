// Mistake: only the cgroups that have a limit are entered. In the others the command is with whoever
// started the lab: what it uses is counted there, and not its own.
// fails: the command is in cgroups of its own

#include <filesystem>

#include "cgroups.h"
#include "procfs.h"
#include "step.h"
#include "sys.h"

namespace lab {
namespace {

// pids.max is "max" where there is no limit; other cgroups have no such file.
bool has_no_limit(const Cgroup& cgroup) {
  return read_file(cgroup.path / "pids.max") == "max\n";
}

}  // namespace

void enter_cgroups(Cgroups& cgroups) {
  step("enter-cgroups", "the limits hold from here on", [&] {
    for (Cgroup& cgroup : cgroups) {
      if (!has_no_limit(cgroup)) sys::write(cgroup.entrance.get(), "0");
      cgroup.entrance.reset();
    }
  });
}

}  // namespace lab
