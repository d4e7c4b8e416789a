#include "bridge.h"

#include <fmt/core.h>
#include <net/if.h>

#include <algorithm>

#include "address_lease.h"
#include "error.h"
#include "links.h"
#include "step.h"

namespace lab {
namespace {

constexpr const char* kUsualName = "lab0";
constexpr Ipv4 kUsualAddress{0x0a4d0001, 24};  // 10.77.0.1

// What a file name, a link's name and a packet filter's all take.
void check_name(const std::string& name) {
  const char* const allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
  if (name.size() >= IFNAMSIZ) {
    throw Error(
        fmt::format("{} is no name for a bridge: it has {} characters", quoted(name), name.size()),
        fmt::format("the name of a link has at most {}", IFNAMSIZ - 1));
  }
  if (name.empty() || name[0] == '.' || name[0] == '-' ||
      name.find_first_not_of(allowed) != std::string::npos) {
    throw Error(fmt::format("{} is no name for a bridge", quoted(name)),
                "letters, digits and _ - . only");
  }
}

std::optional<Ipv4> address_of(const std::vector<LinkAddress>& all, unsigned link) {
  for (const LinkAddress& each : all) {
    if (each.link == link) return each.address;
  }
  return {};
}

bool in_use(const std::vector<LinkAddress>& all, const Ipv4& network) {
  return std::any_of(all.begin(), all.end(),
                     [&](const LinkAddress& each) { return each.address.overlaps(network); });
}

// The address of a bridge that is still to be made.
Ipv4 choose_address(const std::vector<LinkAddress>& all, const std::string& name,
                    const std::optional<Ipv4>& wanted) {
  if (name == kUsualName) return kUsualAddress;
  if (wanted) return {wanted->network().address + 1, wanted->prefix};
  Ipv4 address = kUsualAddress;
  do {
    address.address += 0x100;  // the next 10.77.N.1
  } while (in_use(all, address) && (address.address & 0xff00) != 0xff00);
  return address;
}

// Error where containers cannot be plugged into that link. It may be the user's own.
void check_usable(const std::vector<LinkAddress>& all, const std::string& name, const Link& link) {
  if (link.kind != "bridge") {
    throw Error(fmt::format("{} is no bridge but {}", name,
                            link.kind.empty() ? "a network interface" : "a " + link.kind),
                "give --bridge another name; one that is free becomes a new bridge");
  }
  if (!address_of(all, link.index)) {
    throw Error(fmt::format("the bridge {} has no address", name),
                fmt::format("ip address add ADDRESS/LENGTH dev {}", name));
  }
  if (!link.up) {
    throw Error(fmt::format("the bridge {} is down", name), fmt::format("ip link set {} up", name));
  }
}

// Only what the labs made is taken away.
bool made_by_a_lab(const Link& link) {
  return link.kind == "bridge" && link.group == kLabGroup;
}

// The address of the bridge that is to be made; "" where there is a link of that name.
std::string plan_bridge(const std::string& name, const std::optional<Ipv4>& wanted) {
  sweep_leases(name);
  Netlink netlink;
  if (find_link(netlink, name)) return "";
  const std::vector<LinkAddress> all = addresses(netlink);
  const Ipv4 address = choose_address(all, name, wanted);
  if (!in_use(all, address)) return address.text();
  throw Error(fmt::format("{} is a network of this host already", address.network().text()),
              "--bridge NAME with --ip ADDRESS/LENGTH makes a bridge for another network");
}

void make_bridge(const std::string& name, const std::string& address) {
  if (address.empty()) return;
  Netlink netlink;
  create_bridge(netlink, name);
  const unsigned index = get_link(netlink, name).index;
  add_address(netlink, index, parse_ipv4(address).value());
  set_up(netlink, index);
}

void remove_bridge(const std::string& name, const std::string& address) {
  sweep_leases(name);
  if (address.empty()) return;
  Netlink netlink;
  const std::optional<Link> link = find_link(netlink, name);
  if (link && made_by_a_lab(*link)) delete_link(netlink, link->index);
}

}  // namespace

std::string bridge_lock(const std::string& bridge, const std::string& file) {
  return "net/" + bridge + "/" + file;
}

Bridge::Bridge(std::string name, const std::optional<Ipv4>& wanted)
    : name_(std::move(name)), address_(kUsualAddress) {
  check_name(name_);
  step("make-bridge", "a bridge: the switch that the host and its containers are plugged into",
       [&] {
         const std::string bridge = name_;  // outlives this object in the last function
         use_.emplace(SharedUse::Thing{
             bridge_lock(bridge, "bridge"), [=] { return plan_bridge(bridge, wanted); },
             [=](const std::string& address) { make_bridge(bridge, address); },
             [=](const std::string& address) { remove_bridge(bridge, address); }});
         Netlink netlink;
         const Link link = get_link(netlink, bridge);
         const std::vector<LinkAddress> all = addresses(netlink);
         check_usable(all, bridge, link);
         address_ = address_of(all, link.index).value();
       });
}

Bridge::~Bridge() {
  exit_status_of([&] {
    step("remove-bridge", "the last container takes the bridge away; its cable goes by itself",
         [&] { use_.reset(); });
    return EXIT_SUCCESS;
  });
  if (use_) use_->abandon();  // the step was left out
}

}  // namespace lab
