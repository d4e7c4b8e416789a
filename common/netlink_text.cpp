#include "netlink_text.h"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>

#include <vector>

namespace lab {
namespace {

using Words = std::vector<std::string>;

std::string joined(const Words& words, const char* between) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : between) + word;
  return text;
}

struct Attribute {
  uint16_t type;
  const char* name;
  std::string (*value)(const nlattr&);
};

std::string as_string(const nlattr& attribute) {
  return quoted(mnl_attr_get_str(&attribute));
}
std::string as_number(const nlattr& attribute) {
  return std::to_string(mnl_attr_get_u32(&attribute));
}
std::string as_address(const nlattr& attribute) {
  char text[INET_ADDRSTRLEN] = {};
  return ::inet_ntop(AF_INET, mnl_attr_get_payload(&attribute), text, sizeof text);
}
std::string as_link_info(const nlattr& attribute);
std::string as_veth_data(const nlattr& attribute);
std::string as_link(const nlattr& attribute);

constexpr Attribute kLinkAttributes[] = {
    {IFLA_IFNAME, "IFLA_IFNAME", as_string},         {IFLA_GROUP, "IFLA_GROUP", as_number},
    {IFLA_MASTER, "IFLA_MASTER", as_number},         {IFLA_NET_NS_FD, "IFLA_NET_NS_FD", as_number},
    {IFLA_NET_NS_PID, "IFLA_NET_NS_PID", as_number}, {IFLA_LINKINFO, "IFLA_LINKINFO", as_link_info},
};
constexpr Attribute kLinkInfo[] = {
    {IFLA_INFO_KIND, "IFLA_INFO_KIND", as_string},
    {IFLA_INFO_DATA, "IFLA_INFO_DATA", as_veth_data},
};
constexpr Attribute kVethData[] = {{VETH_INFO_PEER, "VETH_INFO_PEER", as_link}};
constexpr Attribute kAddressAttributes[] = {
    {IFA_LOCAL, "IFA_LOCAL", as_address},
    {IFA_ADDRESS, "IFA_ADDRESS", as_address},
    {IFA_BROADCAST, "IFA_BROADCAST", as_address},
};
constexpr Attribute kRouteAttributes[] = {
    {RTA_DST, "RTA_DST", as_address},
    {RTA_GATEWAY, "RTA_GATEWAY", as_address},
    {RTA_OIF, "RTA_OIF", as_number},
};

template <size_t N>
void name(Words& words, const nlattr* attribute, const Attribute (&known)[N]) {
  for (const Attribute& entry : known) {
    if (mnl_attr_get_type(attribute) == entry.type)
      words.push_back(fmt::format("{}={}", entry.name, entry.value(*attribute)));
  }
}

// The attributes within `length` bytes from `begin`.
template <size_t N>
Words named(const void* begin, size_t length, const Attribute (&known)[N]) {
  Words words;
  const auto* attribute = static_cast<const nlattr*>(begin);
  const char* const end = static_cast<const char*>(begin) + length;
  for (; mnl_attr_ok(attribute, static_cast<int>(end - reinterpret_cast<const char*>(attribute)));
       attribute = mnl_attr_next(attribute)) {
    name(words, attribute, known);
  }
  return words;
}

template <size_t N>
std::string nested(const nlattr& attribute, const Attribute (&known)[N]) {
  const Words words =
      named(mnl_attr_get_payload(&attribute), mnl_attr_get_payload_len(&attribute), known);
  return "{" + joined(words, ", ") + "}";
}

std::string as_link_info(const nlattr& attribute) {
  return nested(attribute, kLinkInfo);
}
std::string as_veth_data(const nlattr& attribute) {
  return nested(attribute, kVethData);
}

// A peer is told as a link is: a header, then attributes.
std::string as_link(const nlattr& attribute) {
  const char* const payload = static_cast<const char*>(mnl_attr_get_payload(&attribute));
  const size_t header = MNL_ALIGN(sizeof(ifinfomsg));
  const Words words =
      named(payload + header, mnl_attr_get_payload_len(&attribute) - header, kLinkAttributes);
  return "{" + joined(words, ", ") + "}";
}

void add(Words& words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
}

template <class Header, size_t N>
Words attributes_after(const nlmsghdr& message, const Attribute (&known)[N]) {
  const size_t offset = MNL_ALIGN(sizeof(Header));
  return named(mnl_nlmsg_get_payload_offset(&message, offset),
               mnl_nlmsg_get_payload_len(&message) - offset, known);
}

Words link_words(const nlmsghdr& message) {
  const auto& link = *static_cast<const ifinfomsg*>(mnl_nlmsg_get_payload(&message));
  Words words;
  if (link.ifi_index != 0) words.push_back(fmt::format("ifi_index={}", link.ifi_index));
  if ((link.ifi_change & IFF_UP) != 0)
    words.emplace_back((link.ifi_flags & IFF_UP) != 0 ? "ifi_flags=IFF_UP" : "ifi_flags=0");
  add(words, attributes_after<ifinfomsg>(message, kLinkAttributes));
  return words;
}

Words address_words(const nlmsghdr& message) {
  const auto& address = *static_cast<const ifaddrmsg*>(mnl_nlmsg_get_payload(&message));
  Words words;
  if (address.ifa_index != 0) {
    words = {fmt::format("ifa_index={}", address.ifa_index),
             fmt::format("ifa_prefixlen={}", address.ifa_prefixlen)};
  }
  add(words, attributes_after<ifaddrmsg>(message, kAddressAttributes));
  return words;
}

Words route_words(const nlmsghdr& message) {
  return attributes_after<rtmsg>(message, kRouteAttributes);
}

struct Type {
  uint16_t type;
  const char* name;
  Words (*words)(const nlmsghdr&);
};

constexpr Type kTypes[] = {
    {RTM_NEWLINK, "RTM_NEWLINK", link_words},    {RTM_DELLINK, "RTM_DELLINK", link_words},
    {RTM_GETLINK, "RTM_GETLINK", link_words},    {RTM_NEWADDR, "RTM_NEWADDR", address_words},
    {RTM_GETADDR, "RTM_GETADDR", address_words}, {RTM_NEWROUTE, "RTM_NEWROUTE", route_words},
};

}  // namespace

Call netlink_call(int socket, const nlmsghdr& message) {
  Call call{"sendto", {socket}};
  for (const Type& known : kTypes) {
    if (known.type != message.nlmsg_type) continue;
    call.args.push_back(Arg::literal(known.name));
    if ((message.nlmsg_flags & NLM_F_CREATE) != 0 && (message.nlmsg_flags & NLM_F_EXCL) != 0)
      call.args.push_back(Arg::literal("NLM_F_CREATE|NLM_F_EXCL"));
    for (const std::string& word : known.words(message)) call.args.push_back(Arg::literal(word));
  }
  return call;
}

}  // namespace lab
