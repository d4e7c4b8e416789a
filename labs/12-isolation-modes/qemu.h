// QEMU: the program that is the machine, qemu(1). It is an ordinary process of the host.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "caught_signals.h"
#include "process.h"
#include "unique_fd.h"

namespace lab {

/// What is in the machine.
struct Hardware {
  std::filesystem::path kernel;
  std::filesystem::path unpacked_kernel;  ///< the same, with a PVH entry; empty: there is none
  std::uint64_t memory = 256 << 20;       ///< bytes
  unsigned cpus = 1;
  bool kvm = false;
  bool microvm = true;  ///< else a whole PC, whose devices are on a PCI bus
  int initramfs = -1;   ///< descriptors; -1: none
  int tap = -1;
  std::string hardware_address;  ///< of the card on the tap
};

/// Drivers that the kernel must have for it, as modules or built in; also for a card with
/// `network`.
std::vector<std::string> drivers_for(const Hardware& hardware, bool network);

/// QEMU's program for machines with this processor, as a path. Error where it is not there.
std::string qemu_program();

/// Does that QEMU have a machine without what only a PC needs, and which can restart? (From 5.2
/// on.)
bool qemu_has_microvm(const std::string& program);

/// The machine as QEMU's command line, without the program. `console` is a descriptor of a file.
std::vector<std::string> qemu_arguments(const Hardware& hardware, int console);

/// A running machine. It ends with this object, and however this process ends.
class Qemu {
 public:
  /// `confine` runs in QEMU's process, before it becomes QEMU. Errors: SyscallError.
  Qemu(const Hardware& hardware, const CaughtSignals& signals,
       const std::function<void()>& confine);

  UniqueFd take_input() { return std::move(input_); }    ///< goes to the guest's port
  UniqueFd take_output() { return std::move(output_); }  ///< comes from it
  int output() const { return output_.get(); }

  pid_t pid() const { return child_.pid(); }
  /// Its exit status as a shell has it. Whoever sees its output end may wait: it is on its way out.
  int wait() { return child_.wait(); }
  void kill() { child_ = {}; }

  std::string console() const;  ///< what the guest's kernel has said so far
  std::string errors() const;   ///< what QEMU has said

 private:
  StartGate gate_;
  UniqueFd console_, errors_, input_, output_;
  Child child_;
};

}  // namespace lab
