// Mistake: the directory that led in is kept, for whatever it may be good, and not close-on-exec.
// fails: no descriptor of the caller reaches the command

#include <fcntl.h>

#include "wrong_entering.h"

namespace lab {

void enter_namespaces(Entrances& entrances) {
  step("setns-mnt", "all the others", [&] {
    enter(entrances, {CLONE_NEWCGROUP, CLONE_NEWIPC, CLONE_NEWUTS, CLONE_NEWNET, CLONE_NEWNS});
    enter_root(entrances);
    ::fcntl(entrances.root.get(), F_DUPFD, 100);
  });
  entrances = {};
}

}  // namespace lab
