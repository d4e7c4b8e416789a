// Lab 05: the way out through the host, as Docker has it.
#pragma once

#include <optional>
#include <string>

#include "bridge.h"
#include "shared_use.h"

namespace lab {

/// Lets the containers on a bridge reach what the host reaches: the host forwards their packets
/// (ip_forward, proc_sys_net(5)) and puts its own address in place of theirs (masquerade, by the
/// program nft(8) or iptables(8)). The first container that asks for it makes it, and the last one
/// takes it back, so that the setting and the rules are what they were.
class Nat {
 public:
  /// Precondition: CAP_NET_ADMIN. Errors: Error where neither program is there, or one fails.
  explicit Nat(const Bridge& bridge);

  void let_go();  ///< in a child that lives on

  /// Takes back what labs on that bridge left that were killed.
  static void sweep(const Bridge& bridge);

 private:
  std::optional<SharedUse> forwarding_, rules_;
};

}  // namespace lab
