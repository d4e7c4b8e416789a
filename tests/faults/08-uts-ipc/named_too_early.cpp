// Mistake: the name is set before the namespace is another one. Inside all looks well: the new one is a
// copy. But the host has the name, too.
// fails: --hostname is the host name of the container alone

#include "step.h"
#include "sys.h"
#include "uts_ipc.h"

namespace lab {

void enter_uts_namespace(const std::string& hostname) {
  step("set-hostname", "the name", [&] { sys::sethostname(hostname); });
  step("unshare-uts", "a host name of its own", [] { sys::unshare(CLONE_NEWUTS); });
}

}  // namespace lab
