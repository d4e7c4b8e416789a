#include "capabilities.h"

#include <sys/prctl.h>

#include "step.h"
#include "sys.h"

namespace lab {

void drop_capabilities(const CapabilitySet& keep) {
  // First, as it takes CAP_SETPCAP, which the next step may give up. At execve(2) root gets every
  // capability again that its bounding set has, where no_new_privs does not forbid that, too.
  step("drop-bounding", "what no program started here can ever get back, as root or set-user-ID",
       [&] {
         const CapabilitySet drop = available_capabilities() & ~keep;
         for (size_t n = 0; n < drop.size(); ++n) {
           if (drop[n]) sys::prctl(PR_CAPBSET_DROP, n);
         }
       });
  // For what comes before execve(2), and for the init, which makes none. Inheritable is left empty:
  // it would outlive a change of user, and the kernel empties ambient with it.
  step("set-capabilities", "what this process has now: the same few, and none to inherit", [&] {
    const std::string list = capability_list(keep);
    sys::cap_set_proc(list.empty() ? "=" : list + "=ep");
  });
}

}  // namespace lab
