#include "guest_setup.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "chroot.h"  // lab 01: the environment
#include "exec.h"
#include "guest_network.h"
#include "host_files.h"       // lab 05
#include "mount_namespace.h"  // lab 03: /proc and /dev
#include "step.h"
#include "sys.h"

namespace lab {
namespace fs = std::filesystem;
namespace {

constexpr int kCompressed = 4;  // MODULE_INIT_COMPRESSED_FILE, Linux 5.17

std::vector<fs::path> sorted(const fs::path& directory) {
  std::error_code none;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(directory, none)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

void load_module(const fs::path& file) {
  const UniqueFd module = sys::open(file, O_RDONLY);
  const int flags = file.extension() == ".ko" ? 0 : kCompressed;
  const long result = ::syscall(SYS_finit_module, module.get(), "", flags);
  const int error = result == -1 ? errno : 0;
  const Call call{"finit_module", {CString(file), "", flags}};
  tell_call(call, result, error);
  if (error == 0 || error == EEXIST) return;  // EEXIST: the kernel has it
  throw Error(fmt::format("{}: {}", call.text(), std::strerror(error)),
              "a module fits the kernel that it was built with, and no other: are the modules this "
              "kernel's?");
}

}  // namespace

void find_devices() {
  step("mount-devtmpfs", "the guest's kernel itself makes a file for each device that it finds",
       [] {
         sys::mkdir(kGuestDevices, 0700);
         sys::mount("devtmpfs", kGuestDevices, "devtmpfs", MS_NOSUID | MS_NOEXEC);
       });
}

void load_modules() {
  step("load-modules", "drivers of a kernel of its own: without them no channel, no network", [] {
    for (const fs::path& file : sorted(kGuestModules)) load_module(file);
  });
}

void set_up_guest(const GuestRequest& request) {
  mount_proc();
  step("mount-guest-sys", "/sys is the guest's own kernel: what is written there stays in here",
       [] { sys::mount("sysfs", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC); });
  mount_dev();
  step("guest-hostname", "a kernel of its own has a name of its own: no UTS namespace is needed",
       [&] {
         if (!request.hostname.empty()) sys::sethostname(request.hostname);
       });
  set_up_guest_network(request);
}

void become_command(const GuestRequest& request) {
  if (!request.term.empty()) ::setenv("TERM", request.term.c_str(), 1);
  exec_command(request.command, clean_environment(request.env));
}

void list_guest_steps(const GuestRequest& request) {
  find_devices();
  load_modules();
  set_up_guest(request);
  become_command(request);
}

}  // namespace lab
