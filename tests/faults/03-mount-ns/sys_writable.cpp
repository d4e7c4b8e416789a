// Mistake: /sys is mounted like /proc: what the command writes there, the host's kernel gets.
// fails: /sys is there and read-only

#include <filesystem>

#include "error.h"
#include "mount_namespace.h"
#include "step.h"
#include "sys.h"

namespace lab {

void mount_sys() {
  step("mount-sys", "/sys", [] {
    if (std::filesystem::is_symlink("/sys")) throw Error("/sys is a symbolic link: refused", "");
    sys::mount("sysfs", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC);
  });
}

}  // namespace lab
