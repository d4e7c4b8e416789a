// Exercise 04: write these two functions. The handout (README.md beside this file) has hints;
// `./lab check 04 --exercise` grades the result, `./lab watch 04` does so whenever this file is
// saved.
//
// sys.h has each system call checked: it throws where the call fails, and --explain shows it.

#include "exercise.h"
#include "pivot_root.h"
#include "step.h"
#include "sys.h"

namespace lab {

// pivot_into - make a directory the root mount
//
// DESCRIPTION
//   Makes new_root the root mount of this process's mount namespace, which is its own and has no
//   shared mounts. Afterwards absolute paths begin in new_root. The old root is still mounted
//   somewhere: detach_old_root() takes it away. The caller mounts /proc, /sys and /dev in between,
//   by absolute paths.
//
// NOTES
//   new_root may be any directory: on the root's own file system, on another, on a read-only one. So
//   nothing may be made in it. What is mounted below it stays mounted there.
//   pivot_root(2) lists what new_root and put_old must be. Both may be ".": then the old root is
//   stacked on top of the new one, and no directory put_old is needed.
//
// SEE ALSO  pivot_root(2), mount(2) on bind mounts, chdir(2)
void pivot_into(const std::filesystem::path& /*new_root*/) {
  not_written("pivot_into");
}

// detach_old_root - take the old root away
//
// DESCRIPTION
//   Takes the old root and all that is mounted below it out of this mount namespace. The working
//   directory is / afterwards.
//
// NOTES
//   The old root is busy: every other mount of the host lies below it.
//
// SEE ALSO  umount2(2), pivot_root(2)
void detach_old_root() {
  not_written("detach_old_root");
}

}  // namespace lab
