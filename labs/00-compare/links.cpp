// The network links with their addresses: netdevice(7), getifaddrs(3).

#include <arpa/inet.h>
#include <fmt/format.h>
#include <ifaddrs.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>

#include <cerrno>
#include <memory>
#include <set>

#include "error.h"
#include "sections.h"

namespace lab {
namespace {

std::string address_of(const ifaddrs& entry) {
  const auto* address = reinterpret_cast<const sockaddr_in*>(entry.ifa_addr);
  const auto* mask = reinterpret_cast<const sockaddr_in*>(entry.ifa_netmask);
  char text[INET_ADDRSTRLEN] = {};
  ::inet_ntop(AF_INET, &address->sin_addr, text, sizeof text);
  return fmt::format("{}/{}", text, __builtin_popcount(mask->sin_addr.s_addr));
}

// The links of this process's network namespace, by name.
Json links_here() {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) == -1) throw SyscallError({"getifaddrs", {}}, errno);
  const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> owner(list, ::freeifaddrs);
  Json links = Json::object();
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr) continue;
    Json& link = links[entry->ifa_name];
    if (entry->ifa_addr->sa_family ==
        AF_PACKET) {  // each link has one of these, and it comes first
      link["index"] = reinterpret_cast<const sockaddr_ll*>(entry->ifa_addr)->sll_ifindex;
      link["up"] = (entry->ifa_flags & IFF_UP) != 0;
      link["addresses"] = Json::array();
    } else if (entry->ifa_addr->sa_family == AF_INET) {
      link["addresses"].push_back(address_of(*entry));
    }
  }
  return links;
}

Cell cell_of(const Json& links, const std::string& name) {
  if (links.count(name) == 0) return {};
  const Json& link = links.at(name);
  std::string text =
      fmt::format("number {}, {}", link.value("index", 0), link.value("up", false) ? "up" : "down");
  for (const Json& address : link.at("addresses")) text += " " + address.get<std::string>();
  return {link, text};
}

}  // namespace

Section compare_links(const Subject& host, const Subject& container) {
  const std::optional<Json> hosts = host.within(namespace_kind("net"), links_here),
                            its = container.within(namespace_kind("net"), links_here);
  if (!hosts || !its) return {{row("links", unreadable(), unreadable())}, {}};
  const bool one_network = host.name_space("net") == container.name_space("net");
  std::set<std::string> names;
  for (const Json* side : {&*hosts, &*its}) {
    for (const auto& link : side->items()) names.insert(link.key());
  }
  Section section;
  for (const std::string& name : names)  // each network has a lo, and it is another one
    section.rows.push_back({name, cell_of(*hosts, name), cell_of(*its, name), one_network});
  return section;
}

}  // namespace lab
