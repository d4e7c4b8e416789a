// Mistake: the capabilities are given up, and the bounding set is not: at execve(2) root has them again.
// fails: the command has the capabilities of the container and no more

#include "capabilities.h"
#include "step.h"
#include "sys.h"

namespace lab {

void drop_capabilities(const CapabilitySet& keep) {
  step("set-capabilities", "what this process has now", [&] {
    const std::string list = capability_list(keep);
    sys::cap_set_proc(list.empty() ? "=" : list + "=ep");
  });
}

}  // namespace lab
