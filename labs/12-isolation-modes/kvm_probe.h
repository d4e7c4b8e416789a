// Does this host's processor run a guest's kernel by itself (KVM)? /dev/kvm may open and the guest
// hang, as where this host is a guest itself. So the one proof is a boot.
#pragma once

#include <string>

#include "qemu.h"

namespace lab {

/// Boots `hardware`'s kernel with KVM and no file system: it runs up to the panic that follows, and
/// restarts; where it does not within 3 seconds, KVM does not work. The answer is kept until this
/// host restarts, for the same kernel and QEMU: in /run for root, in $XDG_RUNTIME_DIR for another
/// user. A signal ends it, with no answer: false.
bool kvm_works(const Hardware& hardware, const CaughtSignals& signals);

}  // namespace lab
