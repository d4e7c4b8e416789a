// Mistake: directories are covered by a tmpfs that can be written to. Whoever reads there next believes
// what was put there.
// fails: what shows the host's memory and keys and hardware is covered

#include <sys/mount.h>

#include <filesystem>

#include "masked_paths.h"
#include "step.h"
#include "sys.h"

namespace lab {

void mask_paths() {
  step("mask-paths", "what tells of the host is covered", [] {
    for (const char* path : {"/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/sched_debug",
                             "/proc/interrupts", "/proc/scsi", "/proc/acpi", "/proc/asound",
                             "/sys/firmware", "/sys/devices/virtual/powercap"}) {
      if (!std::filesystem::exists(path)) continue;
      if (std::filesystem::is_directory(path))
        sys::mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC);
      else
        sys::mount("/dev/null", path, nullptr, MS_BIND);
    }
  });
}

}  // namespace lab
