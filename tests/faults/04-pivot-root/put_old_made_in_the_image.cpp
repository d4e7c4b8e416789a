// Mistake: the directory for the old root is made in the image, which may be read-only.
// fails: a read-only image works

#include "pivot_root.h"
#include "step.h"
#include "sys.h"

namespace lab {

void pivot_into(const std::filesystem::path& new_root) {
  step("bind-new-root", "a mount of its own",
       [&] { sys::mount(new_root, new_root, nullptr, MS_BIND | MS_REC); });
  step("pivot-root", "the image becomes the root", [&] {
    sys::mkdir(new_root / "put_old", 0700);
    sys::pivot_root(new_root, new_root / "put_old");
    sys::chdir("/");
    sys::umount2("/put_old", MNT_DETACH);
    sys::rmdir("/put_old");
  });
}

void detach_old_root() {}

}  // namespace lab
