// A run whose command is in a virtual machine, and the probe in it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

#include "run.h"

namespace check {

/// Lets the lab run the probe in a machine. QEMU translates, as it can everywhere: where KVM hangs,
/// finding that out takes its time. A program that has not the labs' options is taken as it is.
Request in_machine(const std::vector<std::string>& options = {});

/// The kernel of the machines, a file: $LAB_KERNEL, or that of the project. Skips the check where there
/// is none. Sets the variable for the programs under test.
const std::string& kernel_of_machines();

/// A boot takes seconds, on a busy machine many: from now on no wait is shorter than a minute. Returns
/// what it was before: enough for what comes at once or not at all.
std::chrono::milliseconds be_patient_with_machines();

/// No socket of the checks reaches the probe: it is asked through the lab's stdin and answers on the lab's
/// stdout (probe.cpp).
class Guest {
 public:
  explicit Guest(const Request& request) : run_(request) {}

  Run& run() { return run_; }
  void wait_for_probe();
  void send(const std::string& request) const { run_.send(request + "\n"); }
  std::string ask(const std::string& request);
  std::string next_message();

 private:
  Run run_;
  size_t read_ = 0;  // of its output
};

/// Waits for the process that is the machine; fails the check where the program ends without one.
pid_t machine_of(Run& run);

}  // namespace check
