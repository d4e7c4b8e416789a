// Lab 05: the host as a router.
#pragma once

#include "shared_use.h"

namespace lab {

/// That the host passes packets on between its links (ip_forward, proc_sys_net(5)), for all who use
/// it. Taken back, every link's own switch is what it was.
SharedUse::Thing forwarding();

}  // namespace lab
