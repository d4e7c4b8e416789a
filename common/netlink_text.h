// rtnetlink messages in words, for --explain and for errors.
#pragma once

#include <linux/netlink.h>

#include "error.h"

namespace lab {

/// `sendto(3, RTM_NEWLINK, NLM_F_CREATE|NLM_F_EXCL, IFLA_IFNAME="lab0", …)`: the message as its
/// bytes have it. What has no name here is left out.
Call netlink_call(int socket, const nlmsghdr& message);

}  // namespace lab
