// Mistake: what is kept is made inheritable, too. It outlives a change of user then: a program with
// inheritable capabilities of its own gives them to nobody (CVE-2022-24769, in Docker).
// fails: what the caller would pass on to programs ends here

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
  });
  step("set-capabilities", "all sets the same",
       [&] { sys::cap_set_proc(keep.none() ? "=" : capability_list(keep) + "=eip"); });
}

}  // namespace lab
