// Lab 05: an address for each container on a bridge.
#pragma once

#include <optional>
#include <string>

#include "bridge.h"
#include "ipv4.h"
#include "shared_use.h"

namespace lab {

/// An address on a bridge that no other container has, as long as this object lives.
class AddressLease {
 public:
  /// `wanted`, or else the first one that is free. Errors: Error where `wanted` is not for a
  /// container on this bridge, or leased to another; where none is free.
  AddressLease(const Bridge& bridge, const std::optional<Ipv4>& wanted);

  const Ipv4& address() const { return address_; }
  void let_go() { lock_.let_go(); }  ///< in a child that lives on

 private:
  Ipv4 address_;
  LockFile lock_;
};

/// Removes the leases on `bridge` of labs that were killed. Precondition: no one uses the bridge.
void sweep_leases(const std::string& bridge);

}  // namespace lab
