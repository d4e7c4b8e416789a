// Lab 10: what root may do, in pieces, and most of them given up.
#pragma once

#include "capability_set.h"

namespace lab {

/// Leaves this process, its children and every program that it becomes no capability but those of
/// `keep` (capabilities(7)): the bounding set loses all others, then permitted and effective are
/// `keep`, and inheritable and ambient are empty. Preconditions: CAP_SETPCAP; `keep` is a part of the
/// permitted set; nothing that needs more is done afterwards. Errors: SyscallError.
void drop_capabilities(const CapabilitySet& keep);

}  // namespace lab
