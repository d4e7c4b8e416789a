// Mistake: the root that setns(2) gives is taken for the container's. It is the topmost of the mounts, and
// where the container was made by chroot(2), that is the host's.
// fails: the root directory is the container's where chroot made it

#include "wrong_entering.h"

namespace lab {

void enter_namespaces(Entrances& entrances) {
  step("setns-mnt", "all the others", [&] {
    enter(entrances, {CLONE_NEWCGROUP, CLONE_NEWIPC, CLONE_NEWUTS, CLONE_NEWNET, CLONE_NEWNS});
  });
  entrances = {};
}

}  // namespace lab
