// Mistake: the address is given without the length of the network, which is taken to be that of its
// class, as in the days before CIDR.
// fails: eth0 is up and has an address of the bridge's network

#include <arpa/inet.h>
#include <linux/rtnetlink.h>

#include "links.h"
#include "network_namespace.h"
#include "step.h"

namespace lab {

void configure_eth0(const Ipv4& address, const Ipv4& gateway) {
  Netlink here;
  const unsigned eth0 = get_link(here, "eth0").index;
  step("add-address", "eth0 gets its address", [&] {
    add_address(here, eth0, {address.address, 8});
  });
  step("eth0-up", "the link carries packets", [&] { set_up(here, eth0); });
  step("default-route", "the rest goes to the bridge", [&] {
    NetlinkMessage message(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL);
    auto& route = message.put<rtmsg>();
    route.rtm_family = AF_INET;
    route.rtm_table = RT_TABLE_MAIN;
    route.rtm_protocol = RTPROT_STATIC;
    route.rtm_type = RTN_UNICAST;
    mnl_attr_put_u32(message.header(), RTA_GATEWAY, htonl(gateway.address));
    here.request(message);
  });
}

}  // namespace lab
