#include "address_lease.h"

#include <fmt/core.h>

#include <filesystem>
#include <tuple>

#include "error.h"
#include "step.h"

namespace lab {
namespace fs = std::filesystem;
namespace {

LockFile try_lease(const Bridge& bridge, const Ipv4& address) {
  return LockFile::try_lock(kLockDirectory / bridge_lock(bridge.name(), address.dotted()));
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

void sweep_leases(const std::string& bridge) {
  std::error_code none_there;
  for (const auto& file : fs::directory_iterator(kLockDirectory / "net" / bridge, none_there)) {
    const bool is_lease = parse_ipv4(file.path().filename().string() + "/32").has_value();
    if (is_lease) const LockFile removed_with_it = LockFile::try_lock(file.path());
  }
}

}  // namespace lab
