// How the parts of a virtual machine go together.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "app.h"
#include "caught_signals.h"
#include "channel.h"
#include "container_cgroups.h"  // lab 06
#include "container_limits.h"
#include "container_network.h"  // lab 05
#include "isolation_options.h"
#include "qemu.h"

namespace lab {

/// What a machine is asked for.
struct MachineWish {
  const Request& request;
  const IsolationOptions& isolation;
  const NetworkOptions& network;
  const Limits& limits;
  const std::string& hostname;
};

/// A machine whose kernel runs a command. What it takes from the host is given back with it.
class Machine {
 public:
  /// Errors, before anything is made: Error where there is no QEMU or no kernel, where the kernel
  /// has not the drivers, where the image does not fit into the memory, and where something needs
  /// root.
  Machine(const MachineWish& wish, CaughtSignals& signals);

  /// Boots it, and waits until the command runs. Nothing: it does; else how it ended before.
  std::optional<Ending> boot(const Streams& streams);
  /// The same until the command has ended: the lab's exit status. Whatever went wrong is told.
  int run();

  int tell(const Ending& ending)
      const;  ///< on stderr where it was not the command's own; the exit status
  /// Since it was begun, but for the look at KVM, whose answer is kept.
  std::chrono::steady_clock::duration age() const;
  Channel& channel() { return *channel_; }
  const Qemu& qemu() const { return *qemu_; }

 private:
  void lay_cable(const NetworkOptions& options);
  UniqueFd pack(const MachineWish& wish);

  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::duration probing_{};
  CaughtSignals& signals_;
  std::optional<std::chrono::milliseconds> timeout_;
  Hardware hardware_;
  std::vector<std::filesystem::path> modules_;
  GuestRequest guest_;
  std::optional<ContainerNetwork> network_;
  UniqueFd tap_, initramfs_;
  std::optional<Cgroups> cgroups_;
  std::optional<Qemu> qemu_;
  std::optional<Channel> channel_;
};

}  // namespace lab
