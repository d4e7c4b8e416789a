// Mistake: the old root is put aside in the image's /tmp, and stays mounted there.
// fails: the old root is gone

#include "pivot_root.h"
#include "step.h"
#include "sys.h"

namespace lab {

void pivot_into(const std::filesystem::path& new_root) {
  step("bind-new-root", "a mount of its own",
       [&] { sys::mount(new_root, new_root, nullptr, MS_BIND | MS_REC); });
  step("pivot-root", "the image becomes the root", [&] {
    sys::pivot_root(new_root, new_root / "tmp");
    sys::chdir("/");
  });
}

void detach_old_root() {}

}  // namespace lab
