// Mistake: mknod is asked for mode 0666, and the umask makes it 0644.
// fails: /dev has the six devices and no other

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <filesystem>

#include "error.h"
#include "mount_namespace.h"
#include "step.h"
#include "sys.h"

namespace lab {

void mount_dev() {
  step("mount-dev", "/dev and all that is in it", [] {
    if (std::filesystem::is_symlink("/dev")) throw Error("/dev is a symbolic link: refused", "");
    sys::mount("tmpfs", "/dev", "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=755");
    sys::mknod("/dev/null", S_IFCHR | 0666, makedev(1, 3));
    sys::mknod("/dev/zero", S_IFCHR | 0666, makedev(1, 5));
    sys::mknod("/dev/full", S_IFCHR | 0666, makedev(1, 7));
    sys::mknod("/dev/random", S_IFCHR | 0666, makedev(1, 8));
    sys::mknod("/dev/urandom", S_IFCHR | 0666, makedev(1, 9));
    sys::mknod("/dev/tty", S_IFCHR | 0666, makedev(5, 0));
    sys::mkdir("/dev/pts", 0755);
    sys::mount("devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666");
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
