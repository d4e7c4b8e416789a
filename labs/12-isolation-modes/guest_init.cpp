// guest-init: the first process of the guest, PID 1 of its kernel. It finds the channel to the host, sets up
// what a container's supervisor sets up, runs the command, tells how that ended, and restarts the machine.
// The host packs it, static, into the guest's first file system, and boots with rdinit=/.lab-init/guest-init.

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <thread>

#include "error.h"
#include "frame_link.h"
#include "guest_command.h"
#include "guest_pump.h"
#include "guest_request.h"
#include "guest_setup.h"
#include "guest_trace.h"
#include "procfs.h"
#include "step.h"

namespace {
namespace fs = std::filesystem;
using namespace std::chrono_literals;

// The kernel finds the devices beside this process. Until then it is asked again, with a deadline.
template <class Try>
auto soon(Try attempt) -> decltype(attempt()) {
  const auto deadline = std::chrono::steady_clock::now() + 5s;
  auto result = attempt();
  while (!result && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(2ms);
    result = attempt();
  }
  return result;
}

// /dev/vportNpM, of the driver virtio_console; the guest has one only.
lab::UniqueFd open_port() {
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(lab::kGuestDevices, none)) {
    if (entry.path().filename().string().rfind("vport", 0) == 0)
      return lab::UniqueFd(::open(entry.path().c_str(), O_RDWR | O_CLOEXEC));
  }
  return {};
}

// A hang-up is what a port tells whose other end is not open yet.
bool host_listens(int port) {
  pollfd polled{port, POLLOUT, 0};
  return ::poll(&polled, 1, 0) == 1 && (polled.revents & POLLOUT) != 0 &&
         (polled.revents & POLLHUP) == 0;
}

lab::UniqueFd channel_to_host() {
  lab::UniqueFd port = soon([] { return open_port(); });
  if (!port) {
    throw lab::Error(fmt::format("guest-init: no port to the host in {}", lab::kGuestDevices),
                     "has this kernel the drivers virtio_mmio (or virtio_pci) and virtio_console, "
                     "built in or as modules?");
  }
  if (!soon([&] { return host_listens(port.get()); }))
    throw lab::Error("guest-init: the port to the host is not open on the host's side", "");
  return port;
}

// The kernel may have given none of them, and no pipe of ours must become one.
void fill_standard_descriptors() {
  int fd = ::open("/", O_RDONLY);
  while (fd >= 0 && fd <= STDERR_FILENO) fd = ::open("/", O_RDONLY);
  ::close(fd);
}

// From here on the image is as it was packed.
void remove_own_files() {
  ::umount2(lab::kGuestDevices, MNT_DETACH);
  std::error_code kept;
  fs::remove_all(lab::kGuestDirectory, kept);
}

sigset_t block_sigchld() {
  sigset_t set, before;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  ::sigprocmask(SIG_BLOCK, &set, &before);
  return before;
}

int run(const lab::GuestRequest& request, lab::FrameLink& link) {
  const sigset_t mask = block_sigchld();
  lab::set_up_guest(request);
  lab::GuestPump pump(link, lab::start_command(request, mask));
  return pump.run();
}

void live(lab::GuestTrace& trace) {
  std::optional<lab::FrameLink> link;
  const int status = lab::exit_status_of([&] {
    const lab::GuestRequest request =
        lab::guest_request_from(lab::read_file(lab::kGuestRequestFile));
    lab::Telling telling;
    telling.explain = request.explain;
    telling.skip = request.skip;
    lab::set_telling(telling);
    if (!request.colour) ::setenv("NO_COLOR", "1", 1);
    lab::find_devices();
    lab::load_modules();
    link.emplace(channel_to_host());
    link->send(lab::FrameType::kUp);
    trace.send_over(*link);
    remove_own_files();
    return run(request, *link);
  });
  if (link) {
    lab::report_exit(*link, status);
  } else {
    lab::write_on_console(trace.unsent());
  }
}

}  // namespace

int main() {
  fill_standard_descriptors();
  lab::GuestTrace trace;
  live(trace);
  ::reboot(RB_AUTOBOOT);  // QEMU ends: -no-reboot
}
