#include "netlink_text.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>

#include "netlink.h"

namespace {

std::string text_of(const lab::NetlinkMessage& message) {
  return lab::netlink_call(3, *message.header()).text();
}

}  // namespace

TEST_CASE("netlink in words: a veth pair is made, one end within the other") {
  lab::NetlinkMessage message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
  nlmsghdr* const link = message.header();
  auto& near_end = message.put<ifinfomsg>();
  near_end.ifi_flags = IFF_UP;
  near_end.ifi_change = IFF_UP;
  mnl_attr_put_strz(link, IFLA_IFNAME, "veth-lab%d");
  mnl_attr_put_u32(link, IFLA_GROUP, 1077);
  mnl_attr_put_u32(link, IFLA_MASTER, 9);
  nlattr* const info = mnl_attr_nest_start(link, IFLA_LINKINFO);
  mnl_attr_put_strz(link, IFLA_INFO_KIND, "veth");
  nlattr* const data = mnl_attr_nest_start(link, IFLA_INFO_DATA);
  nlattr* const peer = mnl_attr_nest_start(link, VETH_INFO_PEER);
  mnl_nlmsg_put_extra_header(link, sizeof(ifinfomsg));
  mnl_attr_put_strz(link, IFLA_IFNAME, "eth0");
  mnl_attr_put_u32(link, IFLA_NET_NS_FD, 7);
  mnl_attr_nest_end(link, peer);
  mnl_attr_nest_end(link, data);
  mnl_attr_nest_end(link, info);
  CHECK(text_of(message) ==
        "sendto(3, RTM_NEWLINK, NLM_F_CREATE|NLM_F_EXCL, ifi_flags=IFF_UP, "
        "IFLA_IFNAME=\"veth-lab%d\", IFLA_GROUP=1077, IFLA_MASTER=9, "
        "IFLA_LINKINFO={IFLA_INFO_KIND=\"veth\", "
        "IFLA_INFO_DATA={VETH_INFO_PEER={IFLA_IFNAME=\"eth0\", IFLA_NET_NS_FD=7}}})");
}

TEST_CASE("netlink in words: a link goes up, and down") {
  lab::NetlinkMessage message(RTM_NEWLINK, 0);
  auto& link = message.put<ifinfomsg>();
  link.ifi_index = 4;
  link.ifi_change = IFF_UP;
  CHECK(text_of(message) == "sendto(3, RTM_NEWLINK, ifi_index=4, ifi_flags=0)");
  link.ifi_flags = IFF_UP;
  CHECK(text_of(message) == "sendto(3, RTM_NEWLINK, ifi_index=4, ifi_flags=IFF_UP)");
}

TEST_CASE("netlink in words: an address, a route, a question, a link taken away") {
  lab::NetlinkMessage address(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL);
  auto& header = address.put<ifaddrmsg>();
  header.ifa_family = AF_INET;
  header.ifa_prefixlen = 24;
  header.ifa_index = 2;
  mnl_attr_put_u32(address.header(), IFA_LOCAL, htonl(0x0a4d0002));
  CHECK(text_of(address) ==
        "sendto(3, RTM_NEWADDR, NLM_F_CREATE|NLM_F_EXCL, ifa_index=2, ifa_prefixlen=24, "
        "IFA_LOCAL=10.77.0.2)");

  lab::NetlinkMessage route(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL);
  route.put<rtmsg>().rtm_family = AF_INET;
  mnl_attr_put_u32(route.header(), RTA_GATEWAY, htonl(0x0a4d0001));
  CHECK(text_of(route) ==
        "sendto(3, RTM_NEWROUTE, NLM_F_CREATE|NLM_F_EXCL, RTA_GATEWAY=10.77.0.1)");

  lab::NetlinkMessage question(RTM_GETLINK, 0);
  question.put<ifinfomsg>();
  mnl_attr_put_strz(question.header(), IFLA_IFNAME, "a\n\"b\"");
  CHECK(text_of(question) == "sendto(3, RTM_GETLINK, IFLA_IFNAME=\"a\\n\\\"b\\\"\")");

  lab::NetlinkMessage end(RTM_DELLINK, 0);
  end.put<ifinfomsg>().ifi_index = 5;
  CHECK(text_of(end) == "sendto(3, RTM_DELLINK, ifi_index=5)");
}

TEST_CASE("netlink in words: what has no name is left out") {
  lab::NetlinkMessage unknown_type(RTM_NEWRULE, 0);
  CHECK(text_of(unknown_type) == "sendto(3)");
  lab::NetlinkMessage message(RTM_NEWLINK, 0);
  message.put<ifinfomsg>();
  mnl_attr_put_u32(message.header(), IFLA_MTU, 1500);
  CHECK(text_of(message) == "sendto(3, RTM_NEWLINK)");
}
