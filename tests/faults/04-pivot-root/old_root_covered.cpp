// Mistake: the image is moved onto /, as switch_root(8) does. It covers the old root, which stays
// mounted below it.
// fails: the old root is gone

#include "pivot_root.h"
#include "step.h"
#include "sys.h"

namespace lab {

void pivot_into(const std::filesystem::path& new_root) {
  step("bind-new-root", "a mount of its own",
       [&] { sys::mount(new_root, new_root, nullptr, MS_BIND | MS_REC); });
  step("pivot-root", "the image becomes the root", [&] {
    sys::chdir(new_root);
    sys::mount(".", "/", nullptr, MS_MOVE);
    sys::chroot(".");
    sys::chdir("/");
  });
}

void detach_old_root() {}

}  // namespace lab
