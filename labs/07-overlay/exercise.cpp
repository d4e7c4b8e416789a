// Exercise 07: write this function. The handout (README.md beside this file) has hints;
// `./lab check 07 --exercise` grades the result, `./lab watch 07` does so whenever this file is
// saved.
//
// sys.h has each system call checked: it throws where the call fails, and --explain shows it.

#include "exercise.h"
#include "error.h"
#include "overlay.h"
#include "step.h"
#include "sys.h"

namespace lab {

// mount_layers - several directories seen as one tree
//
// DESCRIPTION
//   Mounts a file system of type overlay on the directory image. Its layers, from the bottom:
//
//     image          read-only
//     lower          each of these directories, read-only; the last one is the topmost
//     upper/upper    takes what is written
//
//   overlayfs wants an empty directory of its own beside the uppermost layer: upper/work. Both are
//   made where they are missing. A new upper/upper has the mode and the owner of image, whatever
//   the umask: overlayfs shows them as those of the merged root.
//
//   Where upper is empty, a tmpfs stands in for it. It is mounted in this mount namespace on a
//   directory that is not needed any more, and nothing has to be cleaned up. /sys is one; image
//   itself is not, as the overlay is mounted there and the caller makes it the root.
//
// NOTES
//   lowerdir= has the topmost layer first.
//   A path may have blanks, commas, colons and backslashes in it, which mean something else in
//   mount options, and mount(2) reads 4095 bytes of those: there may be 200 layers. An open
//   directory has another name: /proc/self/fd/N. It may be opened with O_PATH; it must be opened in
//   this mount namespace.
//   Of what is opened nothing is open afterwards: with --init this process stays, and a descriptor
//   of a directory leads out of any root.
//
// SEE ALSO  mount(2), open(2) on O_PATH, proc(5) on /proc/PID/fd, overlayfs in the kernel's
//   documentation
void mount_layers(const std::filesystem::path& /*image*/,
                  const std::vector<std::filesystem::path>& /*lower*/,
                  const std::filesystem::path& /*upper*/) {
  not_written("mount_layers");
}

}  // namespace lab
