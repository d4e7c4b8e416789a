// A right /dev, but for what a wrong one does otherwise.
#pragma once

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <filesystem>

#include "error.h"
#include "mount_namespace.h"
#include "step.h"
#include "sys.h"

namespace lab {

struct Dev {
  const char* options = "mode=755";
  const char* pts_options = "newinstance,ptmxmode=0666,mode=0620";
  bool clears_umask = true, restores_umask = true;
};

inline void make_devices(const Dev& dev) {
  const mode_t umask = dev.clears_umask ? sys::umask(0) : 0;
  sys::mknod("/dev/null", S_IFCHR | 0666, makedev(1, 3));
  sys::mknod("/dev/zero", S_IFCHR | 0666, makedev(1, 5));
  sys::mknod("/dev/full", S_IFCHR | 0666, makedev(1, 7));
  sys::mknod("/dev/random", S_IFCHR | 0666, makedev(1, 8));
  sys::mknod("/dev/urandom", S_IFCHR | 0666, makedev(1, 9));
  sys::mknod("/dev/tty", S_IFCHR | 0666, makedev(5, 0));
  if (dev.clears_umask && dev.restores_umask) sys::umask(umask);
}

inline void mount_dev_as(const Dev& dev) {
  step("mount-dev", "/dev and all that is in it", [&] {
    if (std::filesystem::is_symlink("/dev")) throw Error("/dev is a symbolic link: refused", "");
    sys::mount("tmpfs", "/dev", "tmpfs", MS_NOSUID | MS_NOEXEC, dev.options);
    make_devices(dev);
    sys::mkdir("/dev/pts", 0755);
    sys::mount("devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, dev.pts_options);
    sys::symlink("pts/ptmx", "/dev/ptmx");
    sys::mkdir("/dev/shm", 0755);
    sys::mount("tmpfs", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=1777");
    sys::symlink("/proc/self/fd", "/dev/fd");
    sys::symlink("fd/0", "/dev/stdin");
    sys::symlink("fd/1", "/dev/stdout");
    sys::symlink("fd/2", "/dev/stderr");
  });
}

}  // namespace lab
