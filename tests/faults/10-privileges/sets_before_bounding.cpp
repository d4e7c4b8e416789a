// Mistake: the bounding set comes last. By then CAP_SETPCAP may be gone.
// fails: --cap-add and --cap-drop change the set

#include <sys/prctl.h>

#include "capabilities.h"
#include "step.h"
#include "sys.h"

namespace lab {

void drop_capabilities(const CapabilitySet& keep) {
  step("set-capabilities", "what this process has now",
       [&] { sys::cap_set_proc(keep.none() ? "=" : capability_list(keep) + "=ep"); });
  step("drop-bounding", "what no program can get back", [&] {
    const CapabilitySet drop = available_capabilities() & ~keep;
    for (size_t n = 0; n < drop.size(); ++n) {
      if (drop[n]) sys::prctl(PR_CAPBSET_DROP, n);
    }
  });
}

}  // namespace lab
