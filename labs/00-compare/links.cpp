// The network links with their addresses: netdevice(7), getifaddrs(3).

#include <arpa/inet.h>
#include <fmt/core.h>
#include <ifaddrs.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>

#include <cerrno>
#include <map>
#include <memory>
#include <set>

#include "error.h"
#include "procfs.h"
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

// The links of this process's network namespace: three words for each link, with its number and state,
// and for each address of one. A NUL ends each word: a name may have any other byte.
std::string links_here() {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) == -1) throw SyscallError({"getifaddrs", {}}, errno);
  const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> owner(list, ::freeifaddrs);
  std::string words;
  const auto add = [&](const char* name, const std::string& kind, const std::string& value) {
    for (const std::string& word : {std::string(name), kind, value}) words += word + '\0';
  };
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr) continue;
    if (entry->ifa_addr->sa_family == AF_PACKET) {
      const int index = reinterpret_cast<const sockaddr_ll*>(entry->ifa_addr)->sll_ifindex;
      add(entry->ifa_name, std::to_string(index), (entry->ifa_flags & IFF_UP) != 0 ? "up" : "down");
    } else if (entry->ifa_addr->sa_family == AF_INET) {
      add(entry->ifa_name, "address", address_of(*entry));
    }
  }
  return words;
}

struct Link {
  std::uint64_t index = 0;  // 0: an address's own name, as eth0:1, and no link's
  bool up = false;
  std::vector<std::string> addresses;
};

// By their names; none where that cannot be read.
std::optional<std::map<std::string, Link>> links_of(const Subject& subject) {
  const std::optional<std::string> text = subject.within(namespace_kind("net"), links_here);
  if (!text) return std::nullopt;
  const std::vector<std::string> words = nul_separated(*text);
  std::map<std::string, Link> links;
  for (size_t i = 0; i + 2 < words.size(); i += 3) {
    Link& link = links[words[i]];
    if (words[i + 1] == "address") {
      link.addresses.push_back(words[i + 2]);
    } else {
      link.index = std::stoull(words[i + 1]);
      link.up = words[i + 2] == "up";
    }
  }
  return links;
}

Cell cell_of(const std::map<std::string, Link>& links, const std::string& name) {
  const auto found = links.find(name);
  if (found == links.end()) return {};
  const Link& link = found->second;
  const Cell addresses = cell(link.addresses);
  Fields fields;
  if (link.index != 0) fields = {{"index", {link.index}}, {"up", {link.up}}};
  fields.push_back({"addresses", addresses.value});
  if (link.index == 0) return {{fields}, "a name for " + addresses.text};
  return {{fields},
          fmt::format("number {}, {}{}{}", link.index, link.up ? "up" : "down",
                      link.addresses.empty() ? "" : " ", addresses.text)};
}

}  // namespace

Section compare_links(const Subject& host, const Subject& container) {
  const auto hosts = links_of(host), its = links_of(container);
  if (!hosts || !its) return {{row("links", unreadable(), unreadable())}, {}};
  const bool one_network = host.name_space("net") == container.name_space("net");
  std::set<std::string> names;
  for (const auto* side : {&*hosts, &*its}) {
    for (const auto& [name, unused] : *side) names.insert(name);
  }
  Section section;
  for (const std::string& name : names)  // each network has a lo, and it is another one
    section.rows.push_back({name, cell_of(*hosts, name), cell_of(*its, name), one_network});
  return section;
}

}  // namespace lab
