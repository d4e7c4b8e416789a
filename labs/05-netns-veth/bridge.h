// Lab 05: the host's side of the containers' network: a bridge, and an address for each container.
#pragma once

#include <optional>
#include <string>

#include "ipv4.h"
#include "shared_use.h"

namespace lab {

/// A bridge of the host (bridge(8)), shared by all containers on it. The first one makes it, unless
/// it is there; the last one takes away what was made. Its file under /run/lab counts them.
class Bridge {
 public:
  /// A bridge that is made has the address 10.77.0.1/24 where its name is lab0; another one has the
  /// first address of the network that `wanted` lies in, else of the first 10.77.N.0/24 that the
  /// host does not use. Precondition: CAP_NET_ADMIN.
  /// Errors: Error where `name` is no name for a bridge, a link that is none, or a bridge without
  /// an address, and where the network is in use on another link; SyscallError.
  Bridge(std::string name, const std::optional<Ipv4>& wanted);
  Bridge(const Bridge&) = delete;
  Bridge& operator=(const Bridge&) = delete;
  ~Bridge();

  void let_go() {  ///< in a child that lives on
    if (use_) use_->abandon();
  }

  const std::string& name() const { return name_; }
  const Ipv4& address() const { return address_; }  ///< its own: the containers' gateway

 private:
  std::string name_;
  Ipv4 address_;
  std::optional<SharedUse> use_;
};

/// The name of a lock file that belongs to the bridge (shared_use.h).
std::string bridge_lock(const std::string& bridge, const std::string& file);

}  // namespace lab
