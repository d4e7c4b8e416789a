// Exercise 05: write these three functions. The handout (README.md beside this file) has hints;
// `./lab check 05 --exercise` grades the result, `./lab watch 05` does so whenever this file is
// saved.
//
// links.cpp beside this file is a worked example of rtnetlink messages; --explain shows each that
// is sent, decoded from its bytes.

#include "exercise.h"

#include "network_namespace.h"

#include "links.h"
#include "step.h"
#include "sys.h"

namespace lab {

// enter_network_namespace - a network of one's own
//
// DESCRIPTION
//   Moves this process into a new network namespace and brings the link `lo` in it up.
//
// NOTES
//   A Netlink socket belongs to the namespace that it was opened in. links.h has the messages that
//   are needed here.
//
// SEE ALSO  unshare(2), network_namespaces(7)
void enter_network_namespace() {
  not_written("enter_network_namespace");
}

// make_veth - a cable between two namespaces
//
// DESCRIPTION
//   Sends one RTM_NEWLINK message on `host`, which makes a pair of links of kind "veth":
//
//     near end  in the namespace of `host`: IFLA_IFNAME "veth-lab%d" (the kernel fills in a number),
//               IFLA_GROUP kLabGroup, IFLA_MASTER the index of the link `bridge` there, and up
//     far end   in the namespace of `process`, a pid or "self" (IFLA_NET_NS_FD, a descriptor of
//               /proc/PROCESS/ns/net): IFLA_IFNAME "eth0"
//
// NOTES
//   The far end is described inside of the near one: IFLA_LINKINFO holds IFLA_INFO_KIND and
//   IFLA_INFO_DATA; that holds VETH_INFO_PEER; that holds a struct ifinfomsg and then attributes,
//   as a message of its own would. mnl_attr_nest_start(3) and mnl_attr_nest_end(3) make such a nest,
//   mnl_nlmsg_put_extra_header() the inner struct.
//   IFF_UP for the far end cannot be asked for here: configure_eth0() brings it up.
//
// SEE ALSO  veth(4), rtnetlink(7), linux/veth.h, linux/if_link.h
void make_veth(Netlink& /*host*/, const std::string& /*bridge*/, const std::string& /*process*/) {
  not_written("make_veth");
}

// configure_eth0 - address, link and default route
//
// DESCRIPTION
//   In this process's namespace: gives the link eth0 `address`, brings it up, and adds a route to
//   everywhere (RTM_NEWROUTE: a struct rtmsg with family AF_INET, table RT_TABLE_MAIN, protocol
//   RTPROT_STATIC, scope RT_SCOPE_UNIVERSE and type RTN_UNICAST, and the attribute RTA_GATEWAY, in
//   network byte order) by way of `gateway`.
//
// NOTES
//   The kernel takes a gateway only where it has a route to it: the order matters.
//
// SEE ALSO  rtnetlink(7), htonl(3)
void configure_eth0(const Ipv4& /*address*/, const Ipv4& /*gateway*/) {
  not_written("configure_eth0");
}

}  // namespace lab
