// Mistake: MS_PRIVATE without MS_REC: / is private, and what is mounted below it still shared.
// fails: no mount of the container appears on the host

#include "mount_namespace.h"
#include "step.h"
#include "sys.h"

namespace lab {

void enter_mount_namespace(unsigned long propagation) {
  step("unshare-mount", "a mount table of its own", [] { sys::unshare(CLONE_NEWNS); });
  step("cut-propagation", "keep the mounts from the host",
       [&] { sys::mount(nullptr, "/", nullptr, propagation); });
}

}  // namespace lab
