#include "qemu.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "chroot.h"  // lab 01: descriptors
#include "error.h"
#include "nameless_file.h"
#include "pid_namespace.h"  // lab 02: the end with its parent
#include "pipe.h"
#include "procfs.h"
#include "program.h"
#include "step.h"
#include "sys.h"
#include "time_stamp_counter.h"

namespace lab {
namespace {

#ifdef __x86_64__
constexpr bool kHasMicrovm = true;
constexpr const char *kProgram = "qemu-system-x86_64", *kPackage = "qemu-system-x86",
                     *kOtherMachine = "pc", *kProcessor = "qemu64", *kConsole = "ttyS0",
                     *kRestart = " reboot=t";
#else
constexpr bool kHasMicrovm = false;
constexpr const char *kProgram = "qemu-system-aarch64", *kPackage = "qemu-system-arm",
                     *kOtherMachine = "virt", *kProcessor = "cortex-a72", *kConsole = "ttyAMA0",
                     *kRestart = "";
#endif

// A device on the bus that the machine has: wired to fixed addresses (mmio), or on a PCI bus.
bool has_pci(const Hardware& hardware) {
  return kHasMicrovm && !hardware.microvm;
}
std::string on_bus(const Hardware& hardware, const std::string& device) {
  return device + (has_pci(hardware) ? "-pci" : "-device");
}

bool is_microvm(const Hardware& hardware) {
  return kHasMicrovm && hardware.microvm;
}

// A kernel need not unpack itself, a seventh of the boot where QEMU translates it, if QEMU can start it as it is: by its
// PVH entry (docs/pvh in the Xen project), which QEMU knows since it has the microvm.
std::string kernel_file(const Hardware& hardware) {
  const bool as_it_is = is_microvm(hardware) && !hardware.kvm && !hardware.unpacked_kernel.empty();
  return as_it_is ? hardware.unpacked_kernel : hardware.kernel;
}

// Whatever ends the kernel, it restarts the machine, and QEMU takes that for the end (-no-reboot);
// by a triple fault (reboot=t), for an ACPI restart may start the firmware anew behind QEMU's back.
//
// Where QEMU translates, every address is looked up anew after each change of address space: so the
// kernel does not change it at every system call (mitigations=off), and programs lie where they lay
// before (norandmaps). Nor does it clear the memory that it takes for itself (init_on_alloc), or test
// its ciphers (cryptomgr). A plain processor has less that must be imitated. On a busy host the
// kernel may fail to measure its only clock, a microvm's, and would wait for ever: it is told, and
// not to doubt it (tsc_early_khz, tsc).
std::string kernel_arguments(const Hardware& hardware) {
  std::string words =
      fmt::format("console={} quiet panic=-1{} rdinit=/.lab-init/guest-init", kConsole, kRestart);
  if (hardware.kvm) return words;
  words += " norandmaps mitigations=off init_on_alloc=0 cryptomgr.notests";
  if (is_microvm(hardware) && !listing())
    words += fmt::format(" tsc_early_khz={} tsc=reliable", time_stamp_counter_khz());
  return words;
}

std::string own_descriptor(int fd) {
  return "/proc/self/fd/" + std::to_string(fd);
}

std::string command_line(const std::vector<std::string>& argv) {
  std::string line;
  for (const std::string& word : argv)
    line += (line.empty() ? "" : " ") + (word.find(' ') == std::string::npos ? word : quoted(word));
  return line;
}

void leave_session() {
  step("new-session", "a session of its own: the terminal's keys are for the command inside", [] {
    if (::setsid() == -1) throw SyscallError({"setsid", {}}, errno);
  });
}

// With SIGXFSZ ignored, a write beyond the limit fails, and does not end QEMU.
void limit_console() {
  step("limit-console", "what the guest's kernel says is kept in memory here: not without end", [] {
    constexpr rlim_t kMost = 4 << 20;
    const rlimit limit{kMost, kMost};
    std::signal(SIGXFSZ, SIG_IGN);
    if (::setrlimit(RLIMIT_FSIZE, &limit) == -1)
      throw SyscallError({"setrlimit", {Arg::literal("RLIMIT_FSIZE")}}, errno);
  });
}

// QEMU asks for huge pages, each of which the host must clear as a whole: a tenth of a short machine's time, and where
// QEMU translates it gains nothing by them. The setting outlives execve(2).
void do_without_huge_pages() {
  sys::prctl(PR_SET_THP_DISABLE, 1);
}

void hand_over(const std::vector<int>& descriptors) {
  for (const int fd : descriptors) {
    if (fd >= 0) ::fcntl(fd, F_SETFD, 0);
  }
}

// Becomes QEMU; what goes wrong stands where QEMU's own words would.
[[noreturn]] void become(const std::vector<std::string>& argv, const UniqueFd& in,
                         const UniqueFd& out, const UniqueFd& errors) {
  std::vector<char*> pointers;
  for (const std::string& word : argv) pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  char* const no_environment[] = {nullptr};
  ::dup2(in.get(), STDIN_FILENO);
  ::dup2(out.get(), STDOUT_FILENO);
  ::dup2(errors.get(), STDERR_FILENO);
  ::execve(pointers[0], pointers.data(), no_environment);
  ::dprintf(STDERR_FILENO, "execve(%s): %s\n", pointers[0], std::strerror(errno));
  ::_exit(kNotExecutable);
}

std::string content_of(const UniqueFd& file) {
  return file ? read_file(own_descriptor(file.get())) : "";  // opened anew: from its beginning
}

}  // namespace

std::vector<std::string> drivers_for(const Hardware& hardware, bool network) {
  std::vector<std::string> drivers{has_pci(hardware) ? "virtio_pci" : "virtio_mmio",
                                   "virtio_console"};
  if (network) drivers.emplace_back("virtio_net");
  return drivers;
}

std::string qemu_program() {
  if (listing()) return "";
  if (std::string program = find_program(kProgram); !program.empty()) return program;
  throw Error(fmt::format("there is no {} in PATH", kProgram),
              fmt::format("QEMU is the machine: sudo apt-get install {}", kPackage));
}

// The property `acpi` came with the means to restart: without it, the guest's end would hang.
bool qemu_has_microvm(const std::string& program) {
  if (!kHasMicrovm || listing()) return kHasMicrovm;
  try {
    return run_program({program, "-machine", "microvm,help"}).find("acpi=") != std::string::npos;
  } catch (const Error&) {
    return false;
  }
}

std::vector<std::string> qemu_arguments(const Hardware& hardware, int console) {
  const std::string machine = is_microvm(hardware) ? "microvm,acpi=on" : kOtherMachine;
  std::vector<std::string> arguments{"-machine",
                                     machine,
                                     "-accel",
                                     hardware.kvm ? "kvm" : "tcg",
                                     "-cpu",
                                     hardware.kvm ? "host" : kProcessor,
                                     "-m",
                                     fmt::format("{}M", hardware.memory >> 20),
                                     "-smp",
                                     std::to_string(hardware.cpus),
                                     "-nodefaults",
                                     "-no-user-config",
                                     "-display",
                                     "none",
                                     "-no-reboot",
                                     "-kernel",
                                     kernel_file(hardware),
                                     "-append",
                                     kernel_arguments(hardware),
                                     "-serial",
                                     "file:" + own_descriptor(console)};
  const auto add = [&](const std::vector<std::string>& more) {
    arguments.insert(arguments.end(), more.begin(), more.end());
  };
  if (hardware.initramfs >= 0) add({"-initrd", own_descriptor(hardware.initramfs)});
  add({"-device", on_bus(hardware, "virtio-serial"), "-chardev", "stdio,id=lab,signal=off",
       "-device", "virtserialport,chardev=lab,name=lab"});
  if (hardware.tap >= 0)
    add({"-netdev", fmt::format("tap,id=eth0,fd={}", hardware.tap), "-device",
         fmt::format("{},netdev=eth0,mac={}{}", on_bus(hardware, "virtio-net"),
                     hardware.hardware_address, has_pci(hardware) ? ",romfile=" : "")});
  return arguments;
}

Qemu::Qemu(const Hardware& hardware, const CaughtSignals& signals,
           const std::function<void()>& confine)
    : console_(nameless_file("console")), errors_(nameless_file("errors")) {
  Pipe to, from;
  std::vector<std::string> argv = qemu_arguments(hardware, console_.get());
  argv.insert(argv.begin(), qemu_program());
  child_ = fork_child([&]() -> int {
    gate_.wait();
    leave_session();
    close_inherited_descriptors();
    die_with_parent(gate_);
    confine();
    limit_console();
    signals.give_back();
    step("become-qemu", "this process becomes QEMU: to the host, the whole machine is this process",
         [&] {
           tell("program", command_line(argv));
           if (!hardware.kvm) do_without_huge_pages();
           hand_over({hardware.initramfs, hardware.tap, console_.get()});
           become(argv, to.read_end, from.write_end, errors_);
         });
    return EXIT_SUCCESS;  // the step was left out
  });
  gate_.open();
  input_ = std::move(to.write_end);
  output_ = std::move(from.read_end);
}

std::string Qemu::console() const {
  return content_of(console_);
}

std::string Qemu::errors() const {
  return content_of(errors_);
}

}  // namespace lab
