#include "network_namespace.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>

#include "links.h"
#include "namespaces.h"
#include "step.h"
#include "sys.h"

namespace lab {

void enter_network_namespace() {
  step("unshare-net", "a network of its own: no link of the host, no port, no abstract socket", [] {
    sys::unshare(CLONE_NEWNET);
    if (telling()) tell("network namespace of this process", namespace_of("self", "net"));
  });
  step("lo-up", "a new loopback is down: without it 127.0.0.1 is out of reach", [] {
    Netlink here;
    set_up(here, index_here("lo"));
  });
}

void make_veth(Netlink& host, const std::string& bridge, const std::string& process) {
  step("make-veth", "a cable: one end in the host's bridge, the other one in here as eth0", [&] {
    const UniqueFd there = sys::open("/proc/" + process + "/ns/net", O_RDONLY);
    NetlinkMessage message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
    nlmsghdr* const link = message.header();

    // The near end. The kernel fills in a number that is free at this moment; a name of our own
    // might be that of a cable that is still being torn down.
    auto& near_end = message.put<ifinfomsg>();
    near_end.ifi_flags = IFF_UP;
    near_end.ifi_change = IFF_UP;
    mnl_attr_put_strz(link, IFLA_IFNAME, "veth-lab%d");
    mnl_attr_put_u32(link, IFLA_GROUP, kLabGroup);
    mnl_attr_put_u32(link, IFLA_MASTER, get_link(host, bridge).index);

    // The far end, a link within the link: a header and attributes again.
    nlattr* const info = mnl_attr_nest_start(link, IFLA_LINKINFO);
    mnl_attr_put_strz(link, IFLA_INFO_KIND, "veth");
    nlattr* const data = mnl_attr_nest_start(link, IFLA_INFO_DATA);
    nlattr* const peer = mnl_attr_nest_start(link, VETH_INFO_PEER);
    mnl_nlmsg_put_extra_header(link, sizeof(ifinfomsg));
    mnl_attr_put_strz(link, IFLA_IFNAME, "eth0");
    mnl_attr_put_u32(link, IFLA_NET_NS_FD, static_cast<uint32_t>(there.get()));
    mnl_attr_nest_end(link, peer);
    mnl_attr_nest_end(link, data);
    mnl_attr_nest_end(link, info);
    host.request(message);
  });
}

void configure_eth0(const Ipv4& address, const Ipv4& gateway) {
  Netlink here;
  const unsigned eth0 = index_here("eth0");
  step("add-address", "eth0 gets its address; the network that it is on follows from it",
       [&] { add_address(here, eth0, address); });
  step("eth0-up", "a link that is down carries nothing, and says so to no one",
       [&] { set_up(here, eth0); });
  step("default-route", "what is for no network of its own goes to the bridge", [&] {
    NetlinkMessage message(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL);
    auto& route = message.put<rtmsg>();  // to 0.0.0.0/0: rtm_dst_len stays 0
    route.rtm_family = AF_INET;
    route.rtm_table = RT_TABLE_MAIN;
    route.rtm_protocol = RTPROT_STATIC;
    route.rtm_scope = RT_SCOPE_UNIVERSE;
    route.rtm_type = RTN_UNICAST;
    mnl_attr_put_u32(message.header(), RTA_GATEWAY, htonl(gateway.address));
    here.request(message);
  });
}

}  // namespace lab
