// Mistake: the bounding set is thought to be enough. It is, for what makes an execve; the init of
// --init makes none.
// fails: with --init PID 1 is as confined as the command

#include <sys/prctl.h>

#include "capabilities.h"
#include "step.h"
#include "sys.h"

namespace lab {

void drop_capabilities(const CapabilitySet& keep) {
  step("drop-bounding", "what no program can get back", [&] {
    const CapabilitySet drop = available_capabilities() & ~keep;
    for (size_t n = 0; n < drop.size(); ++n) {
      if (drop[n]) sys::prctl(PR_CAPBSET_DROP, n);
    }
    sys::cap_set_proc(capability_list(capabilities_of("self", "CapPrm")) + "=ep");
  });
}

}  // namespace lab
