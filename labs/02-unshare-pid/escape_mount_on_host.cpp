// Mounts a file system in the image: in whose mount table does it appear?
// In 01 and 02 in the host's, where it stays; 03 closes that, where the container has a mount table
// of its own.
//
//   /escape [DIRECTORY]     default /mnt; exit status 0: mounted (look for lab-escape in the host's
//                           /proc/self/mountinfo), 1: held

#include <sys/mount.h>

#include <cstdio>

int main(int argc, char** argv) {
  const char* target = argc > 1 ? argv[1] : "/mnt";
  if (mount("lab-escape", target, "tmpfs", 0, nullptr) == -1) {
    std::perror("held: mount");
    return 1;
  }
  std::printf("mounted lab-escape on %s of the image; does the host see it?\n", target);
  return 0;
}
