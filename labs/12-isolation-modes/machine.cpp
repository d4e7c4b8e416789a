#include "machine.h"

#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "cgroups.h"  // lab 06: the CPU quota
#include "ending.h"
#include "error.h"
#include "guest_setup.h"
#include "initramfs.h"
#include "kernel.h"
#include "kernel_modules.h"
#include "kvm_probe.h"
#include "machine_limits.h"
#include "procfs.h"
#include "step.h"
#include "tap.h"

namespace lab {
namespace fs = std::filesystem;
namespace {

bool is_root() {
  return ::geteuid() == 0;
}

std::chrono::milliseconds boot_time() {
  const char* const given = std::getenv("LAB_VM_DEADLINE");
  return parse_seconds("LAB_VM_DEADLINE", given != nullptr && *given != '\0' ? given : "60");
}

GuestRequest request_for_guest(const MachineWish& wish) {
  GuestRequest guest;
  guest.hostname = wish.hostname;
  guest.env = wish.request.env;
  guest.command = wish.request.command;
  guest.explain = telling();
  guest.skip = steps_left_out();
  guest.terminal = terminal_size();
  guest.terminal_for_stderr = guest.terminal && ::isatty(STDERR_FILENO) != 0;
  guest.colour = ::isatty(STDERR_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
  if (const char* const term = std::getenv("TERM")) guest.term = term;
  return guest;
}

// Beside this program.
std::string guest_init() {
  if (listing()) return "";
  const fs::path program = fs::read_symlink("/proc/self/exe").parent_path() / "guest-init";
  std::string content = read_file(program);
  if (!content.empty()) return content;
  throw Error(fmt::format("{}: not there: it is the guest's first process", program.string()),
              "build it: ./lab setup");
}

// An archive's paths have no slash at the beginning.
std::string in_archive(const std::string& path) {
  return path.substr(1);
}

}  // namespace

Machine::Machine(const MachineWish& wish, CaughtSignals& signals)
    : signals_(signals), timeout_(wish.isolation.timeout()), guest_(request_for_guest(wish)) {
  const Kernel kernel = find_kernel(wish.isolation.kernel());
  hardware_.kernel = kernel.file;
  hardware_.unpacked_kernel = kernel.unpacked;
  hardware_.microvm = qemu_has_microvm(qemu_program());
  hardware_.memory = wish.limits.memory.value_or(hardware_.memory);
  hardware_.cpus = processors_for(wish.limits.cpus);
  check_memory(hardware_.memory, wish.request.rootfs);
  if (!kernel.modules.empty())
    modules_ = modules_of(kernel.modules, drivers_for(hardware_, is_root()));
  lay_cable(wish.network);
  if (is_root() && wish.limits.cpus) limit_cpus(cgroups_.emplace(), *wish.limits.cpus);
  hardware_.kvm = wish.isolation.accel() == "kvm";
  const auto before = std::chrono::steady_clock::now();
  if (wish.isolation.accel() == "auto") hardware_.kvm = kvm_works(hardware_, signals_);
  probing_ = std::chrono::steady_clock::now() - before;
  initramfs_ = pack(wish);
  hardware_.initramfs = initramfs_.get();
}

void Machine::lay_cable(const NetworkOptions& options) {
  if (!is_root()) return tell_no_network(options);
  network_.emplace(options);
  tap_ = plug_tap(network_->bridge().name());
  if (!tap_) return;  // the step was left out
  hardware_.tap = tap_.get();
  hardware_.hardware_address = hardware_address(network_->address());
  guest_.address = network_->address().text();
  guest_.gateway = network_->bridge().address().text();
  guest_.nameservers = network_->nameservers();
}

UniqueFd Machine::pack(const MachineWish& wish) {
  std::vector<AddedFile> added{
      {in_archive(kGuestDirectory), S_IFDIR | 0700, ""},
      {in_archive(kGuestDirectory) + "/guest-init", S_IFREG | 0700, guest_init()},
      {in_archive(kGuestRequestFile), S_IFREG | 0600, to_text(guest_)},
      {in_archive(kGuestModules), S_IFDIR | 0700, ""}};
  for (const fs::path& module : modules_) {
    const std::string name = fmt::format("/{:02}-{}", added.size(), module.filename().string());
    added.push_back({in_archive(kGuestModules) + name, S_IFREG | 0600, read_file(module)});
  }
  return pack_image(wish.request.rootfs, added);
}

std::optional<Ending> Machine::boot(const Streams& streams) {
  const auto now = std::chrono::steady_clock::now();
  Deadlines deadlines;
  deadlines.boot = now + boot_time();
  if (timeout_) deadlines.whole = begin_ + *timeout_;
  lab::tell("kernel of this host", read_file("/proc/sys/kernel/osrelease"));
  qemu_.emplace(hardware_, signals_, [this] {
    if (cgroups_) enter_cgroups(*cgroups_);
  });
  if (listing()) {
    list_guest_steps(guest_);
    return Ending{};
  }
  channel_.emplace(qemu_->take_input(), qemu_->take_output(), signals_, guest_.terminal.has_value(),
                   deadlines, streams);
  channel_->end_where([this] { return !panic_in(qemu_->console()).empty(); });
  return channel_->run_until_started();
}

int Machine::run() {
  const std::optional<Ending> early = boot({});
  return tell(early ? *early : channel_->run_to_end());
}

int Machine::tell(const Ending& ending) const {
  return tell_ending(ending, *qemu_, hardware_);
}

std::chrono::steady_clock::duration Machine::age() const {
  return std::chrono::steady_clock::now() - begin_ - probing_;
}

}  // namespace lab
