// Mistake: the parent-death signal is SIGTERM, and PID 1 gets no signal that it has no handler for.
// fails: the container dies with a lab that is killed

#include <sys/prctl.h>

#include "pid_namespace.h"
#include "step.h"
#include "sys.h"

namespace lab {

void die_with_parent(const StartGate& gate) {
  step("die-with-parent", "end when the lab ends", [&] {
    sys::prctl(PR_SET_PDEATHSIG, SIGTERM);
    gate.check_parent();
  });
}

}  // namespace lab
