// How the parts of lab 05 go together: in this lab, and in every later one around more.
#pragma once

#include <optional>
#include <string>

#include "address_lease.h"
#include "bridge.h"
#include "host_files.h"
#include "nat.h"
#include "network_namespace.h"
#include "network_options.h"

namespace lab {

/// What a container has of the host's network: made before it, and given back after it.
class ContainerNetwork {
 public:
  explicit ContainerNetwork(const NetworkOptions& options)
      : bridge_(options.bridge, options.ip), lease_(bridge_, options.ip) {
    Nat::sweep(bridge_);
    if (!options.nat) return;
    nat_.emplace(bridge_);
    nameservers_ = reachable_nameservers();
  }

  /// In the container's first process: its own network namespace, plugged into the bridge.
  void enter() const {
    Netlink host;  // opened before: it goes on speaking to the host's namespace
    enter_network_namespace();
    make_veth(host, bridge_.name(), "self");
    configure();
  }

  /// The same in three parts, for a container that may not do the second (lab 09): it enters its
  /// namespace, a process of the host plugs it in, and it configures its end.
  void plug_in(const std::string& process) const {
    Netlink host;
    make_veth(host, bridge_.name(), process);
  }
  void configure() const { configure_eth0(lease_.address(), bridge_.address()); }

  /// There too, once the image is the root, the old one is gone, and /dev is mounted.
  void bind_files() const { bind_host_files(lease_.address(), nameservers_); }

  /// In a child that lives on beside the lab: where the lab is killed, what it used is free at once.
  void let_go() {
    bridge_.let_go();
    lease_.let_go();
    if (nat_) nat_->let_go();
  }

  const Ipv4& address() const { return lease_.address(); }  ///< the container's
  const Bridge& bridge() const { return bridge_; }          ///< what it is plugged into
  const std::string& nameservers() const { return nameservers_; }

 private:
  Bridge bridge_;
  AddressLease lease_;
  std::optional<Nat> nat_;
  std::string nameservers_;
};

}  // namespace lab
