// Mistake: where /dev/kvm opens, KVM works. It may open and then run no guest, as where this host is a
// virtual machine itself.
// fails: a KVM that opens and hangs is found out and done without

#include "kvm_probe.h"

#include <fcntl.h>

#include "step.h"

namespace lab {

bool kvm_works(const Hardware&, const CaughtSignals&) {
  bool works = false;
  step("probe-kvm", "KVM may open and then hang: boot a kernel with it, for 3 seconds at most",
       [&] { works = static_cast<bool>(UniqueFd(::open("/dev/kvm", O_RDWR | O_CLOEXEC))); });
  return works;
}

}  // namespace lab
