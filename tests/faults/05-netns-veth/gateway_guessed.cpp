// Mistake: the gateway is taken to be the first address of the network, as it is where a lab makes the
// bridge.
// fails: a bridge that was there before is used and stays as it was

#include <arpa/inet.h>
#include <linux/rtnetlink.h>

#include "links.h"
#include "network_namespace.h"
#include "step.h"

namespace lab {

void configure_eth0(const Ipv4& address, const Ipv4&) {
  Netlink here;
  const unsigned eth0 = get_link(here, "eth0").index;
  step("add-address", "eth0 gets its address", [&] { add_address(here, eth0, address); });
  step("eth0-up", "the link carries packets", [&] { set_up(here, eth0); });
  step("default-route", "the rest goes to the bridge", [&] {
    NetlinkMessage message(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL);
    auto& route = message.put<rtmsg>();
    route.rtm_family = AF_INET;
    route.rtm_table = RT_TABLE_MAIN;
    route.rtm_protocol = RTPROT_STATIC;
    route.rtm_type = RTN_UNICAST;
    mnl_attr_put_u32(message.header(), RTA_GATEWAY, htonl(address.network().address + 1));
    here.request(message);
  });
}

}  // namespace lab
