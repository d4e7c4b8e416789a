// Mistake: the root directory changes, and the process goes on standing outside of it.
// fails: the working directory is the root directory

#include "chroot.h"
#include "step.h"
#include "sys.h"

namespace lab {

void change_root(const std::filesystem::path& new_root) {
  step("chroot", "a new root directory", [&] { sys::chroot(new_root); });
}

}  // namespace lab
