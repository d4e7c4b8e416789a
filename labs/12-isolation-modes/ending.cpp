#include "ending.h"

#include <fmt/core.h>

#include <algorithm>
#include <sstream>
#include <vector>

#include "error.h"
#include "isolation_options.h"
#include "quantity.h"

namespace lab {
namespace {

constexpr size_t kMostLines = 20;

// What comes from the guest must do nothing to a terminal.
std::vector<std::string> printable_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
    line.erase(std::remove_if(line.begin(), line.end(), is_control), line.end());
    if (!line.empty()) lines.push_back(line);
  }
  return lines;
}

void say_last_lines(const char* whose, const std::string& text) {
  const std::vector<std::string> lines = printable_lines(text);
  const size_t from = lines.size() > kMostLines ? lines.size() - kMostLines : 0;
  for (size_t i = from; i < lines.size(); ++i) say(fmt::format("  {}: {}\n", whose, lines[i]));
}

int failed(const Qemu& qemu, const std::string& message, const std::string& hint) {
  say(message + "\n");
  say_last_lines("qemu", qemu.errors());
  say_last_lines("console", qemu.console());
  if (!hint.empty()) say(fmt::format("  hint: {}\n", hint));
  return kLabFailed;
}

bool is_of_memory(const std::string& console) {
  for (const char* words :
       {"Out of memory", "deadlocked on memory", "write error", "out of memory"}) {
    if (console.find(words) != std::string::npos) return true;
  }
  return false;
}

std::string more_memory(const Hardware& hardware) {
  return fmt::format("its memory is {}: give it more with --memory", size_text(hardware.memory));
}

std::string less_memory(const Hardware& hardware) {
  return fmt::format("this host has no {} for it: give it less with --memory",
                     size_text(hardware.memory));
}

int tell_machine_gone(const Ending& ending, const Qemu& qemu, const Hardware& hardware) {
  const std::string console = qemu.console(), panic = panic_in(console);
  const std::string memory = is_of_memory(console) ? more_memory(hardware) : "";
  if (!panic.empty()) {
    return failed(
        qemu, fmt::format("the guest's kernel panicked: {}", panic),
        memory.empty() ? "the host's kernel is another one, and has not noticed" : memory);
  }
  if (ending.up)
    return failed(qemu, "the machine ended before the command did",
                  "was QEMU killed, as for lack of memory on this host? dmesg tells");
  if (hardware.kvm)
    return failed(qemu, "the machine ended while it booted",
                  "KVM may be there and not work: --accel tcg does without it");
  const bool too_large = qemu.errors().find("Cannot allocate memory") != std::string::npos;
  return failed(qemu, "the machine ended while it booted",
                too_large ? less_memory(hardware) : memory);
}

int tell_boot_deadline(const Qemu& qemu, const Hardware& hardware) {
  return failed(qemu, "the machine did not come up in time",
                hardware.kvm ? "KVM may be there and hang, as where this host is a virtual machine "
                               "itself: --accel tcg does without it"
                             : "on a slow or busy machine, or with few --cpus, give it longer: "
                               "LAB_VM_DEADLINE=300 (seconds)");
}

void tell_out_of_memory(const Qemu& qemu, const Hardware& hardware) {
  if (qemu.console().find("Out of memory: Kill") == std::string::npos) return;
  say(
      fmt::format("out of memory: the guest's kernel killed a process: the machine has {} bytes "
                  "(--memory {})\n",
                  hardware.memory, size_text(hardware.memory)));
}

}  // namespace

std::string panic_in(const std::string& console) {
  const std::string words = "Kernel panic - not syncing: ";
  const size_t begin = console.find(words);
  if (begin == std::string::npos) return "";
  const std::vector<std::string> lines = printable_lines(console.substr(begin + words.size()));
  return lines.empty() ? "" : lines.front();
}

int tell_ending(const Ending& ending, const Qemu& qemu, const Hardware& hardware) {
  switch (ending.how) {
    case Ending::kExited:
      tell_out_of_memory(qemu, hardware);
      return ending.status;
    case Ending::kInterrupted:
      return ending.status;
    case Ending::kTimeout:
      say("timed out: the machine is switched off (--timeout)\n");
      return kTimedOut;
    case Ending::kBootDeadline:
      return tell_boot_deadline(qemu, hardware);
    case Ending::kMachineGone:
      return tell_machine_gone(ending, qemu, hardware);
  }
  return kLabFailed;
}

}  // namespace lab
