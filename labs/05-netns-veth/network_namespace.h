// Lab 05: a network of one's own, and a cable out of it.
#pragma once

#include <string>

#include "ipv4.h"
#include "netlink.h"

namespace lab {

/// Gives this process a network namespace of its own (unshare(2), network_namespaces(7)) and brings
/// its loopback up. Precondition: CAP_SYS_ADMIN. Errors: SyscallError.
void enter_network_namespace();

/// Makes a pair of virtual Ethernet links (veth(4)): what goes into one comes out of the other. One
/// end is a port of the bridge `bridge` in the namespace of the socket `host`, named by the kernel
/// and up; the other one is in the namespace of `process`, a pid or "self", named eth0. When one end goes, as with its
/// namespace, so does the other. Precondition: CAP_NET_ADMIN in both namespaces. Errors:
/// SyscallError.
void make_veth(Netlink& host, const std::string& bridge, const std::string& process);

/// Gives eth0 of this process's namespace its address, brings it up, and sends all that is not for
/// its network to `gateway` (rtnetlink(7)). Precondition: CAP_NET_ADMIN. Errors: SyscallError.
void configure_eth0(const Ipv4& address, const Ipv4& gateway);

}  // namespace lab
