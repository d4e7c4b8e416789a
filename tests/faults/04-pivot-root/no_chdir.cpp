// Mistake: the root is swapped and the old one detached; the process still stands in the old one.
// fails: the working directory is the root directory

#include "pivot_root.h"
#include "step.h"
#include "sys.h"

namespace lab {

void pivot_into(const std::filesystem::path& new_root) {
  step("bind-new-root", "a mount of its own",
       [&] { sys::mount(new_root, new_root, nullptr, MS_BIND | MS_REC); });
  step("pivot-root", "the image becomes the root",
       [&] { sys::pivot_root(new_root, new_root / "tmp"); });
}

void detach_old_root() {
  step("detach-old-root", "let go of the old root", [] { sys::umount2("/tmp", MNT_DETACH); });
}

}  // namespace lab
