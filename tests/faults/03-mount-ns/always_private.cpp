// Mistake: --propagation is read, and not passed on.
// fails: mounts are slaves of the host's with --propagation slave only

#include "mount_namespace.h"
#include "step.h"
#include "sys.h"

namespace lab {

void enter_mount_namespace(unsigned long /*propagation*/) {
  step("unshare-mount", "a mount table of its own", [] { sys::unshare(CLONE_NEWNS); });
  step("cut-propagation", "keep the mounts from the host",
       [] { sys::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE); });
}

}  // namespace lab
