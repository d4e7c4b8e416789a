// Lab 05: what is asked of rtnetlink(7), a function a message. Each is sent on the socket given,
// and so concerns the network namespace of that socket. A link is a network interface; its index is
// its number in its namespace. Errors: SyscallError.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ipv4.h"
#include "netlink.h"

namespace lab {

struct Link {
  unsigned index = 0;
  std::string kind;    ///< "bridge", "veth", …; empty for hardware and the loopback
  unsigned group = 0;  ///< of links; every link that a lab makes has kLabGroup
  bool up = false;
};

constexpr unsigned kLabGroup = 1077;

/// The link of that name. Errors: ENODEV where there is none; find_link() returns nothing then.
Link get_link(Netlink& netlink, const std::string& name);
std::optional<Link> find_link(Netlink& netlink, const std::string& name);

/// The index of a link in this process's own namespace (if_nametoindex(3)), with no socket.
unsigned index_here(const char* name);

struct LinkAddress {
  unsigned link;  ///< its index
  Ipv4 address;
};

/// The IPv4 addresses of all links.
std::vector<LinkAddress> addresses(Netlink& netlink);

void create_bridge(Netlink& netlink, const std::string& name);
void delete_link(Netlink& netlink, unsigned index);
void set_up(Netlink& netlink, unsigned index);
void add_address(Netlink& netlink, unsigned index, const Ipv4& address);

}  // namespace lab
