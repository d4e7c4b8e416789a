// Mistake: what is to go is taken out of permitted and effective, and the other sets stay as they were.
// fails: what the caller would pass on to programs ends here

#include <sys/capability.h>
#include <sys/prctl.h>

#include "capabilities.h"
#include "step.h"
#include "sys.h"

namespace lab {

void drop_capabilities(const CapabilitySet& keep) {
  const CapabilitySet drop = available_capabilities() & ~keep;
  const CapabilitySet inheritable = capabilities_of("self", "CapInh");
  step("drop-bounding", "what no program can get back", [&] {
    for (size_t n = 0; n < drop.size(); ++n) {
      if (drop[n]) sys::prctl(PR_CAPBSET_DROP, n);
    }
  });
  step("set-capabilities", "what this process has now", [&] {
    std::string sets = keep.none() ? "=" : capability_list(keep) + "=ep";
    if (inheritable.any()) sets += " " + capability_list(inheritable) + "+i";
    sys::cap_set_proc(sets);
  });
}

}  // namespace lab
