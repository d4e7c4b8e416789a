// Mistake: the image decides where /proc is mounted: its symbolic link is followed.
// fails: an image whose dev or proc or sys is a symbolic link is refused

#include "mount_namespace.h"
#include "step.h"
#include "sys.h"

namespace lab {

void mount_proc() {
  step("mount-proc", "/proc",
       [] { sys::mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC); });
}

}  // namespace lab
