#include "masked_paths.h"

#include <sys/mount.h>

#include <filesystem>

#include "step.h"
#include "sys.h"

namespace lab {
namespace fs = std::filesystem;
namespace {

constexpr const char* kMasked[] = {
    "/proc/kcore",                    // the memory of the machine, as a core file
    "/proc/keys",                     // keyrings, and whose they are
    "/proc/timer_list",               // addresses in the kernel, and which processes sleep
    "/proc/timer_stats",              //
    "/proc/sched_debug",              // every process of the host
    "/proc/latency_stats",            //
    "/proc/interrupts",               // when a key was hit, and a packet came
    "/proc/scsi",                     // disks: it can be told to take one away
    "/proc/acpi",                     // the hardware
    "/proc/asound",                   //
    "/sys/firmware",                  // tables and keys of the firmware
    "/sys/devices/virtual/powercap",  // how much power is drawn: it tells of others' secrets
};

constexpr const char* kReadOnly[] = {
    "/proc/sys",            // settings; among them which program the kernel starts at a crash
    "/proc/sysrq-trigger",  // a letter here restarts the machine
    "/proc/irq",            // which CPU serves which device
    "/proc/bus",            // the registers of PCI devices
    "/proc/fs",             // settings of file systems
};

void mask(const fs::path& path) {
  if (fs::is_directory(path))
    sys::mount("tmpfs", path, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC);
  else
    sys::mount("/dev/null", path, nullptr, MS_BIND);
}

void make_read_only(const fs::path& path) {
  sys::mount(path, path, nullptr, MS_BIND);
  // A bind mount takes MS_RDONLY in a second call only; and that sets all flags anew, so those of
  // /proc are given again.
  sys::mount(nullptr, path, nullptr,
             MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC);
}

}  // namespace

void mask_paths() {
  step("mask-paths", "what tells of the host's memory, keys and hardware is covered", [] {
    for (const char* path : kMasked) {
      if (fs::exists(path)) mask(path);
    }
  });
}

void make_settings_read_only() {
  step("read-only-paths", "the settings under /proc are the host's kernel's: read-only", [] {
    for (const char* path : kReadOnly) {
      if (fs::exists(path)) make_read_only(path);
    }
  });
}

}  // namespace lab
