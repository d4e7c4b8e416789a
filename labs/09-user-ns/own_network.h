// The container's network in a user namespace: a cable where root lays one, else the loopback alone.
#pragma once

#include <unistd.h>

#include <optional>
#include <string>

#include "container_network.h"
#include "host_files.h"
#include "network_namespace.h"
#include "network_options.h"

namespace lab {

class OwnNetwork {
 public:
  explicit OwnNetwork(const NetworkOptions& options) {
    if (::geteuid() == 0) bridged_.emplace(options);
  }

  /// In the container, once it has a user namespace: that owns the network namespace, too.
  void enter() const { enter_network_namespace(); }
  /// In a process that stayed outside: the cable from the host's bridge to `process`.
  void plug_in(pid_t process) const {
    if (bridged_) bridged_->plug_in(std::to_string(process));
  }
  /// In the container, afterwards.
  void configure() const {
    if (bridged_) bridged_->configure();
  }
  /// As ContainerNetwork's.
  void bind_files() const {
    if (bridged_) {
      bridged_->bind_files();
    } else {
      bind_host_files({0x7f000001, 8}, "");  // 127.0.0.1
    }
  }

  void let_go() {
    if (bridged_) bridged_->let_go();
  }

  std::string address() const { return bridged_ ? bridged_->address().text() : ""; }

 private:
  std::optional<ContainerNetwork> bridged_;
};

}  // namespace lab
