#include "pivot_root.h"

#include <sys/mount.h>

#include "step.h"
#include "sys.h"

namespace lab {

void pivot_into(const std::filesystem::path& new_root) {
  step("bind-new-root", "pivot_root swaps mounts, not directories: make the image one",
       [&] { sys::mount(new_root, new_root, nullptr, MS_BIND | MS_REC); });
  step("enter-new-root", "stand in the new root: from here \".\" names it",
       [&] { sys::chdir(new_root); });
  // With "." for both, the old root is stacked on top of the new one: no directory put_old is
  // needed in the image.
  step("pivot-root", "the image becomes the root; the old root is put on top of it",
       [] { sys::pivot_root(".", "."); });
}

void detach_old_root() {
  // "." is the new root, and what is unmounted is what lies on top of it. MNT_DETACH: with all
  // that is mounted below it, which makes it busy.
  step("detach-old-root", "let go of the old root: now nothing of the host is mounted here",
       [] { sys::umount2(".", MNT_DETACH); });
}

}  // namespace lab
