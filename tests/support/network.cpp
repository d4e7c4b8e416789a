#include "network.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>

#include <algorithm>
#include <cerrno>

#include "netlink.h"
#include "sys.h"

namespace check {
namespace {

void enter(const lab::UniqueFd& network) {
  if (::setns(network.get(), CLONE_NEWNET) == -1)
    throw lab::SyscallError({"setns", {network.get(), lab::Arg::literal("CLONE_NEWNET")}}, errno);
}

int read_kind(const nlattr* attribute, void* link) {
  if (mnl_attr_get_type(attribute) == IFLA_INFO_KIND)
    static_cast<Link*>(link)->kind = mnl_attr_get_str(attribute);
  return MNL_CB_OK;
}

int read_attribute(const nlattr* attribute, void* data) {
  Link& link = *static_cast<Link*>(data);
  const int type = mnl_attr_get_type(attribute);
  if (type == IFLA_IFNAME) link.name = mnl_attr_get_str(attribute);
  if (type == IFLA_LINK) link.peer = mnl_attr_get_u32(attribute);
  if (type == IFLA_MASTER) link.bridge = mnl_attr_get_u32(attribute);
  if (type == IFLA_LINKINFO) mnl_attr_parse_nested(attribute, read_kind, data);
  return MNL_CB_OK;
}

Link read_link(const nlmsghdr& message) {
  const auto& header = *static_cast<const ifinfomsg*>(mnl_nlmsg_get_payload(&message));
  Link link;
  link.index = static_cast<unsigned>(header.ifi_index);
  link.up = (header.ifi_flags & IFF_UP) != 0;
  mnl_attr_parse(&message, sizeof header, read_attribute, &link);
  return link;
}

int read_local_address(const nlattr* attribute, void* address) {
  if (mnl_attr_get_type(attribute) == IFA_LOCAL)
    *static_cast<uint32_t*>(address) = ntohl(mnl_attr_get_u32(attribute));
  return MNL_CB_OK;
}

}  // namespace

InNetworkOf::InNetworkOf(const std::string& process)
    : own_(lab::sys::open("/proc/self/ns/net", O_RDONLY)) {
  enter(lab::sys::open("/proc/" + process + "/ns/net", O_RDONLY));
}

InNetworkOf::~InNetworkOf() {
  enter(own_);
}

std::vector<Link> links_of(const std::string& process) {
  const InNetworkOf network(process);
  lab::NetlinkMessage message(RTM_GETLINK, NLM_F_DUMP);
  message.put<ifinfomsg>();
  std::vector<Link> links;
  lab::Netlink().request(message,
                         [&](const nlmsghdr& answer) { links.push_back(read_link(answer)); });
  return links;
}

Link link_called(const std::string& name, const std::vector<Link>& links) {
  const auto found =
      std::find_if(links.begin(), links.end(), [&](const Link& link) { return link.name == name; });
  return found == links.end() ? Link{} : *found;
}

Link link_with(unsigned index, const std::vector<Link>& links) {
  const auto found = std::find_if(links.begin(), links.end(),
                                  [&](const Link& link) { return link.index == index; });
  return found == links.end() ? Link{} : *found;
}

std::optional<lab::Ipv4> address_of(const std::string& process, const std::string& link) {
  const unsigned index = link_called(link, links_of(process)).index;
  const InNetworkOf network(process);
  lab::NetlinkMessage message(RTM_GETADDR, NLM_F_DUMP);
  message.put<ifaddrmsg>().ifa_family = AF_INET;
  std::optional<lab::Ipv4> found;
  lab::Netlink().request(message, [&](const nlmsghdr& answer) {
    const auto& header = *static_cast<const ifaddrmsg*>(mnl_nlmsg_get_payload(&answer));
    if (found || header.ifa_index != index) return;
    found = lab::Ipv4{0, header.ifa_prefixlen};
    mnl_attr_parse(&answer, sizeof header, read_local_address, &found->address);
  });
  return found;
}

}  // namespace check
