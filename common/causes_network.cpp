#include "causes_network.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <vector>

#include "causes_look_up.h"
#include "unique_fd.h"

namespace lab::causes {
namespace {

// --- The message: sendto(SOCKET, RTM_*, …), an argument an attribute. ---

std::string argument(const Call& call, size_t n) {
  return n < call.args.size() ? call.args[n].text() : "";
}

bool is_message(const Call& call, const char* type) {
  return argument(call, 1) == type;
}

// What stands behind `name=`, wherever it is nested, up to the next attribute; each time.
std::vector<std::string> values(const Call& call, const std::string& name) {
  const std::string text = call.text();
  std::vector<std::string> found;
  for (size_t at = 0; (at = text.find(name + "=", at)) != std::string::npos;) {
    at += name.size() + 1;
    found.push_back(text.substr(at, text.find_first_of(",)}", at) - at));
  }
  return found;
}

std::string value(const Call& call, const std::string& name) {
  const std::vector<std::string> found = values(call, name);
  return found.empty() ? "" : found.front();
}

std::string unquoted(const std::string& text) {
  return text.size() < 2 ? text : text.substr(1, text.size() - 2);
}

template <class Predicate>
std::string first_name(const Call& call, Predicate is_cause) {
  for (const std::string& name : values(call, "IFLA_IFNAME")) {
    if (is_cause(unquoted(name))) return name;
  }
  return "";
}

// --- The network namespace of this process. ---

UniqueFd inet_socket() {
  return UniqueFd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
}

bool same_namespace(int one, const char* other) {
  struct stat here {
  }, there{};
  return ::fstat(one, &here) == 0 && ::stat(other, &there) == 0 && here.st_ino == there.st_ino;
}

bool is_bridge(const std::string& index) {
  ethtool_drvinfo info{};
  info.cmd = ETHTOOL_GDRVINFO;
  ifreq request{};
  request.ifr_data = reinterpret_cast<char*>(&info);
  return ::if_indextoname(static_cast<unsigned>(std::atoi(index.c_str())), request.ifr_name) !=
             nullptr &&
         ::ioctl(inet_socket().get(), SIOCETHTOOL, &request) == 0 &&
         std::string(info.driver) == "bridge";
}

uint32_t ipv4(const sockaddr* address) {
  sockaddr_in name{};
  std::memcpy(&name, address, sizeof name);
  return name.sin_addr.s_addr;
}

struct Address {
  std::string link;
  bool up;
  uint32_t address, mask;  // in network byte order
};

// Those of all links but the loopback.
std::vector<Address> addresses_here() {
  std::vector<Address> found;
  ifaddrs* all = nullptr;
  if (::getifaddrs(&all) == -1) return found;
  for (const ifaddrs* each = all; each != nullptr; each = each->ifa_next) {
    if (each->ifa_addr == nullptr || each->ifa_addr->sa_family != AF_INET ||
        (each->ifa_flags & IFF_LOOPBACK) != 0)
      continue;
    found.push_back({each->ifa_name, (each->ifa_flags & IFF_UP) != 0, ipv4(each->ifa_addr),
                     ipv4(each->ifa_netmask)});
  }
  ::freeifaddrs(all);
  return found;
}

}  // namespace

// A socket's namespace is told since Linux 4.10, and to CAP_NET_ADMIN.
std::string speaks_to_other_namespace(const Call& call) {
  const UniqueFd network(::ioctl(std::atoi(argument(call, 0).c_str()), SIOCGSKNS));
  if (!network || same_namespace(network.get(), "/proc/self/ns/net")) return "";
  const std::string name = value(call, "IFLA_IFNAME");
  return name.empty() ? "such link" : "link " + name;
}

std::string names_link(const Call& call) {
  return value(call, "IFLA_IFNAME");
}

std::string makes_link_that_exists(const Call& call) {
  if (!is_message(call, "RTM_NEWLINK")) return "";
  const std::string here =
      first_name(call, [](const std::string& name) { return ::if_nametoindex(name.c_str()) != 0; });
  return here.empty() ? value(call, "IFLA_IFNAME") : here;
}

std::string link_name_too_long(const Call& call) {
  return first_name(call, [](const std::string& name) { return name.size() >= IFNAMSIZ; });
}

std::string link_name_unfit(const Call& call) {
  return first_name(call, [](const std::string& name) {
    return name.empty() || name == "." || name == ".." ||
           name.find_first_of("/: \t\n") != std::string::npos;
  });
}

std::string makes_kind_of_link(const Call& call) {
  return value(call, "IFLA_INFO_KIND");
}

std::string makes_veth(const Call& call) {
  return yes_if(value(call, "IFLA_INFO_KIND") == "\"veth\"");
}

std::string master_is_no_bridge(const Call& call) {
  const std::string master = value(call, "IFLA_MASTER");
  return yes_if(!master.empty() && !is_bridge(master));
}

std::string namespace_of_pid(const Call& call) {
  return value(call, "IFLA_NET_NS_PID");
}

std::string descriptor_is_no_network(const Call& call) {
  const std::string descriptor = value(call, "IFLA_NET_NS_FD");
  if (descriptor.empty()) return "";
  std::error_code closed;
  const std::string target =
      std::filesystem::read_symlink("/proc/self/fd/" + descriptor, closed).string();
  return target.rfind("net:[", 0) == 0 ? "" : descriptor;
}

std::string adds_address(const Call& call) {
  return yes_if(is_message(call, "RTM_NEWADDR"));
}

std::string adds_route(const Call& call) {
  return yes_if(is_message(call, "RTM_NEWROUTE"));
}

std::string gateway_behind_link_that_is_down(const Call& call) {
  in_addr gateway{};
  if (::inet_pton(AF_INET, value(call, "RTA_GATEWAY").c_str(), &gateway) != 1) return "";
  for (const Address& each : addresses_here()) {
    if (!each.up && (each.address & each.mask) == (gateway.s_addr & each.mask))
      return quoted(each.link);
  }
  return "";
}

std::string no_link_has_address(const Call& call) {
  return yes_if(is_message(call, "RTM_NEWROUTE") && addresses_here().empty());
}

std::string loopback_is_down(const Call&) {
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  return yes_if(::ioctl(inet_socket().get(), SIOCGIFFLAGS, &request) == 0 &&
                (request.ifr_flags & IFF_UP) == 0);
}

std::string opens_tun(const Call& call) {
  return !call.args.empty() && call.args[0].string() == "/dev/net/tun" ? "tun" : "";
}

}  // namespace lab::causes
