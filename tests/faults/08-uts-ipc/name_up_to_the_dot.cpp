// Mistake: only what comes before the first dot is taken for the host name.
// fails: --hostname is the host name of the container alone

#include "step.h"
#include "sys.h"
#include "uts_ipc.h"

namespace lab {

void enter_uts_namespace(const std::string& hostname) {
  step("unshare-uts", "a host name of its own", [] { sys::unshare(CLONE_NEWUTS); });
  step("set-hostname", "the name",
       [&] { sys::sethostname(hostname.substr(0, hostname.find('.'))); });
}

}  // namespace lab
