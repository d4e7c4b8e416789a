// The guest's network card, set up without netlink.
#pragma once

#include "guest_request.h"

namespace lab {

/// Brings the loopback up and, where the request has an address, gives eth0 that and the default route
/// (netdevice(7)), and puts the host's names into the image's files. rtnetlink(7), as lab 05 has it,
/// could do no more here. Errors: SyscallError.
void set_up_guest_network(const GuestRequest& request);

}  // namespace lab
