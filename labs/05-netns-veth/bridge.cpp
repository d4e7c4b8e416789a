#include "bridge.h"

#include <fmt/format.h>
#include <net/if.h>

#include <algorithm>
#include <filesystem>
#include <tuple>

#include "error.h"
#include "links.h"
#include "step.h"

namespace lab {
namespace fs = std::filesystem;
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

void make_bridge(Netlink& netlink, const std::string& name, const Ipv4& address) {
  create_bridge(netlink, name);
  const unsigned index = get_link(netlink, name).index;
  try {
    add_address(netlink, index, address);
    set_up(netlink, index);
  } catch (...) {
    delete_link(netlink, index);
    throw;
  }
}

bool made_by_a_lab(const Link& link) {
  return link.kind == "bridge" && link.group == kLabGroup;
}

std::string lock_name(const std::string& bridge, const std::string& file) {
  return "net/" + bridge + "/" + file;
}

// Those of labs that were killed. Where no one uses the bridge, no lease on it is held.
void sweep_leases(const std::string& bridge) {
  std::error_code none_there;
  for (const auto& file : fs::directory_iterator(kLockDirectory / "net" / bridge, none_there)) {
    const bool is_lease = parse_ipv4(file.path().filename().string() + "/32").has_value();
    if (is_lease) const LockFile removed_with_it = LockFile::try_lock(file.path());
  }
}

void remove_bridge(const std::string& name) {
  sweep_leases(name);
  Netlink netlink;
  const std::optional<Link> link = find_link(netlink, name);
  if (link && made_by_a_lab(*link)) delete_link(netlink, link->index);
}

// For the first user: a bridge of a lab that is there already was left by one that was killed.
std::string make_unless_there(const std::string& name, const std::optional<Ipv4>& wanted) {
  sweep_leases(name);
  Netlink netlink;
  std::optional<Link> link = find_link(netlink, name);
  if (link && made_by_a_lab(*link)) {
    delete_link(netlink, link->index);
    link.reset();
  }
  if (link) return "";
  const std::vector<LinkAddress> all = addresses(netlink);
  const Ipv4 address = choose_address(all, name, wanted);
  if (in_use(all, address)) {
    throw Error(fmt::format("{} is a network of this host already", address.network().text()),
                "--bridge NAME with --ip ADDRESS/LENGTH makes a bridge for another network");
  }
  make_bridge(netlink, name, address);
  return "";
}

// --- addresses on a bridge --------------------------------------------------------------

LockFile try_lease(const Bridge& bridge, const Ipv4& address) {
  return LockFile::try_lock(kLockDirectory / lock_name(bridge.name(), address.dotted()));
}

Ipv4 first_address(const Bridge& bridge) {
  return {bridge.address().network().address + 2, bridge.address().prefix};
}

std::pair<Ipv4, LockFile> lease_first_free(const Bridge& bridge) {
  const Ipv4 end = bridge.address().broadcast();
  Ipv4 address{bridge.address().network().address + 1, bridge.address().prefix};
  for (; address.address < end.address; ++address.address) {
    if (address == bridge.address()) continue;
    if (LockFile lock = try_lease(bridge, address)) return {address, std::move(lock)};
  }
  throw Error(fmt::format("every address of {} is in use", bridge.address().network().text()),
              "--bridge NAME with --ip ADDRESS/LENGTH makes a bridge for another network");
}

// Error where a container on the bridge cannot have that address.
void check_address(const Ipv4& wanted, const Bridge& bridge) {
  const Ipv4& own = bridge.address();
  const std::string refused = fmt::format("--ip {}: ", wanted.text());
  if (!(wanted.network() == own.network())) {
    throw Error(refused + fmt::format("outside the network of the bridge {}, {}", bridge.name(),
                                      own.network().text()),
                "give an address of that network, with its length; another network needs a bridge "
                "of its own: --bridge NAME");
  }
  const char* const what = wanted == own               ? "the bridge's own address"
                           : wanted == own.network()   ? "the address of the network itself"
                           : wanted == own.broadcast() ? "the network's broadcast address"
                                                       : nullptr;
  if (what != nullptr) throw Error(refused + what, "give another one, or leave --ip out");
}

}  // namespace

Bridge::Bridge(std::string name, const std::optional<Ipv4>& wanted)
    : name_(std::move(name)), address_(kUsualAddress) {
  check_name(name_);
  step("make-bridge", "a bridge: the switch that the host and its containers are plugged into",
       [&] {
         const std::string bridge = name_;  // outlives this object in the second function
         use_.emplace(
             lock_name(bridge, "bridge"),
             [&](const std::string&) { return make_unless_there(bridge, wanted); },
             [bridge](const std::string&) { remove_bridge(bridge); });
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

AddressLease::AddressLease(const Bridge& bridge, const std::optional<Ipv4>& wanted)
    : address_(wanted.value_or(first_address(bridge))) {
  if (wanted && !listing()) check_address(*wanted, bridge);
  step("lease-address", "an address that no other container has: a lock held open", [&] {
    if (wanted) {
      lock_ = try_lease(bridge, *wanted);
      if (!lock_) {
        throw Error(
            fmt::format("the address {} is in use: another container has it", wanted->dotted()),
            "give another one, or leave --ip out for the first that is free");
      }
    } else {
      std::tie(address_, lock_) = lease_first_free(bridge);
    }
    tell("address", address_.text());
  });
}

}  // namespace lab
