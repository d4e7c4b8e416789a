// Mistake: the namespaces of nsenter(1) as it once was. The cgroup namespace, a later one, is left out:
// the command sees where its groups lie on the host.
// fails: the command is in every namespace of the container

#include "wrong_entering.h"

namespace lab {

void enter_namespaces(Entrances& entrances) {
  step("setns-mnt", "all the others", [&] {
    enter(entrances, {CLONE_NEWIPC, CLONE_NEWUTS, CLONE_NEWNET, CLONE_NEWNS});
    enter_root(entrances);
  });
  entrances = {};
}

}  // namespace lab
