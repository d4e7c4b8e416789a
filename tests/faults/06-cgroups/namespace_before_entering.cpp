// Mistake: the cgroup namespace is made first, and its roots are the cgroups of whoever started the
// lab. The container sees the names of its own below them.
// fails: the cgroups are the roots of what the command sees

#include "cgroups.h"
#include "step.h"
#include "sys.h"

namespace lab {

void enter_cgroups(Cgroups& cgroups) {
  step("unshare-cgroup", "a view of its own", [] { sys::unshare(CLONE_NEWCGROUP); });
  step("enter-cgroups", "the limits hold from here on", [&] {
    for (Cgroup& cgroup : cgroups) {
      sys::write(cgroup.entrance.get(), "0");
      cgroup.entrance.reset();
    }
  });
}

void unshare_cgroup_namespace() {}

}  // namespace lab
