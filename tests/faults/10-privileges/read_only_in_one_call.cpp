// Mistake: a bind mount is asked for with MS_RDONLY. The kernel takes the flag, and does not heed it.
// fails: the settings of the kernel are read-only

#include <sys/mount.h>

#include <filesystem>

#include "masked_paths.h"
#include "step.h"
#include "sys.h"

namespace lab {

void make_settings_read_only() {
  step("read-only-paths", "the settings are read-only", [] {
    for (const char* path :
         {"/proc/sys", "/proc/sysrq-trigger", "/proc/irq", "/proc/bus", "/proc/fs"}) {
      if (std::filesystem::exists(path)) sys::mount(path, path, nullptr, MS_BIND | MS_RDONLY);
    }
  });
}

}  // namespace lab
