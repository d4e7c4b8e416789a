#include "links.h"

#include <arpa/inet.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include <cerrno>

#include "error.h"
#include "step.h"

namespace lab {
namespace {

// For libmnl, which takes a C function: calls the Read behind `data` with the attribute.
template <class Read>
int call_with(const nlattr* attribute, void* data) {
  (*static_cast<Read*>(data))(*attribute);
  return MNL_CB_OK;
}

// Calls `read` with each attribute behind a message's own header, or with each inside a nest.
template <class Header, class Read>
void for_each_attribute(const nlmsghdr& message, Read read) {
  mnl_attr_parse(&message, sizeof(Header), call_with<Read>, &read);
}
template <class Read>
void for_each_nested(const nlattr& nest, Read read) {
  mnl_attr_parse_nested(&nest, call_with<Read>, &read);
}

Link read_link(const nlmsghdr& message) {
  const auto& header = *static_cast<const ifinfomsg*>(mnl_nlmsg_get_payload(&message));
  Link link;
  link.index = static_cast<unsigned>(header.ifi_index);
  link.up = (header.ifi_flags & IFF_UP) != 0;
  const auto read_info = [&](const nlattr& info) {
    if (mnl_attr_get_type(&info) == IFLA_INFO_KIND) link.kind = mnl_attr_get_str(&info);
  };
  for_each_attribute<ifinfomsg>(message, [&](const nlattr& attribute) {
    if (mnl_attr_get_type(&attribute) == IFLA_GROUP) link.group = mnl_attr_get_u32(&attribute);
    if (mnl_attr_get_type(&attribute) == IFLA_LINKINFO) for_each_nested(attribute, read_info);
  });
  return link;
}

LinkAddress read_address(const nlmsghdr& message) {
  const auto& header = *static_cast<const ifaddrmsg*>(mnl_nlmsg_get_payload(&message));
  LinkAddress found{header.ifa_index, {0, header.ifa_prefixlen}};
  for_each_attribute<ifaddrmsg>(message, [&](const nlattr& attribute) {
    if (mnl_attr_get_type(&attribute) == IFA_LOCAL)
      found.address.address = ntohl(mnl_attr_get_u32(&attribute));
  });
  return found;
}

}  // namespace

Link get_link(Netlink& netlink, const std::string& name) {
  NetlinkMessage message(RTM_GETLINK, 0);
  message.put<ifinfomsg>();
  mnl_attr_put_strz(message.header(), IFLA_IFNAME, name.c_str());
  mnl_attr_put_u32(message.header(), IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);  // no counters
  Link link;
  netlink.request(message, [&](const nlmsghdr& answer) { link = read_link(answer); });
  return link;
}

unsigned index_here(const char* name) {
  if (listing()) return 0;
  const unsigned index = ::if_nametoindex(name);
  const Call call{"if_nametoindex", {name}};
  const int error = index == 0 ? errno : 0;
  tell_call(call, index == 0 ? -1 : static_cast<long>(index), error);
  if (error != 0) throw SyscallError(call, error);
  return index;
}

std::optional<Link> find_link(Netlink& netlink, const std::string& name) {
  try {
    return get_link(netlink, name);
  } catch (const SyscallError& error) {
    if (error.error() == ENODEV) return {};
    throw;
  }
}

std::vector<LinkAddress> addresses(Netlink& netlink) {
  NetlinkMessage message(RTM_GETADDR, NLM_F_DUMP);
  message.put<ifaddrmsg>().ifa_family = AF_INET;
  std::vector<LinkAddress> all;
  netlink.request(message, [&](const nlmsghdr& answer) { all.push_back(read_address(answer)); });
  return all;
}

void create_bridge(Netlink& netlink, const std::string& name) {
  NetlinkMessage message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
  message.put<ifinfomsg>();
  mnl_attr_put_strz(message.header(), IFLA_IFNAME, name.c_str());
  mnl_attr_put_u32(message.header(), IFLA_GROUP, kLabGroup);
  nlattr* const info = mnl_attr_nest_start(message.header(), IFLA_LINKINFO);
  mnl_attr_put_strz(message.header(), IFLA_INFO_KIND, "bridge");
  mnl_attr_nest_end(message.header(), info);
  netlink.request(message);
}

void delete_link(Netlink& netlink, unsigned index) {
  NetlinkMessage message(RTM_DELLINK, 0);
  message.put<ifinfomsg>().ifi_index = static_cast<int>(index);
  netlink.request(message);
}

void set_up(Netlink& netlink, unsigned index) {
  NetlinkMessage message(RTM_NEWLINK, 0);
  auto& link = message.put<ifinfomsg>();
  link.ifi_index = static_cast<int>(index);
  link.ifi_flags = IFF_UP;
  link.ifi_change = IFF_UP;  // which of the flags are meant: the others stay
  netlink.request(message);
}

void add_address(Netlink& netlink, unsigned index, const Ipv4& address) {
  NetlinkMessage message(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL);
  auto& header = message.put<ifaddrmsg>();
  header.ifa_family = AF_INET;
  header.ifa_prefixlen = static_cast<uint8_t>(address.prefix);
  header.ifa_index = index;
  // On a link to many, the address and the local end are the same.
  mnl_attr_put_u32(message.header(), IFA_LOCAL, htonl(address.address));
  mnl_attr_put_u32(message.header(), IFA_ADDRESS, htonl(address.address));
  mnl_attr_put_u32(message.header(), IFA_BROADCAST, htonl(address.broadcast().address));
  netlink.request(message);
}

}  // namespace lab
