// The second half of every way out of a chroot: from a working directory outside the root, up to
// the real one.
#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>

struct Directory {
  dev_t device;
  ino_t inode;
};

inline Directory directory(const char* path) {
  struct stat status {};
  if (stat(path, &status) == -1) std::perror(path);
  return {status.st_dev, status.st_ino};
}

inline bool same(const Directory& a, const Directory& b) {
  return a.device == b.device && a.inode == b.inode;
}

// The kernel stops ".." at the root directory of the process, and only there. A working directory
// that does not lie below the root never meets it: it climbs to the root of the mount namespace.
inline void climb_to_the_top() {
  while (!same(directory("."), directory(".."))) {
    if (chdir("..") == -1) return;
  }
}

// Tells whether / is another directory than `before`; `file`, where given, is printed as proof.
// Returns the exit status of the escape: 0 where it worked.
inline int verdict(const Directory& before, const char* file) {
  if (same(before, directory("/"))) {
    std::puts("held: / is still the image");
    return 1;
  }
  std::puts("escaped: / is the root directory of the host");
  if (file == nullptr) return 0;
  std::FILE* proof = std::fopen(file, "r");
  if (proof == nullptr) {
    std::perror(file);
    return 1;
  }
  for (int c = std::fgetc(proof); c != EOF; c = std::fgetc(proof)) std::putchar(c);
  return std::fclose(proof);
}
