// Exercise 03: write these four functions. The handout (README.md beside this file) has hints;
// `./lab check 03 --exercise` grades the result, `./lab watch 03` does so whenever this file is
// saved.
//
// sys.h has each system call checked: it throws where the call fails, and --explain shows it.

#include "exercise.h"
#include "error.h"
#include "mount_namespace.h"
#include "step.h"
#include "sys.h"

namespace lab {

// enter_mount_namespace - a mount table of one's own
//
// DESCRIPTION
//   Moves this process into a new mount namespace and gives every mount in it, not / alone, the
//   propagation type that is asked for: MS_PRIVATE or MS_SLAVE.
//
// NOTES
//   A new mount namespace begins as a copy. Under systemd the copies are shared with the originals;
//   a lab that forgets this works on some machines and not on others.
//
// SEE ALSO  unshare(2), mount(2) on propagation types, mount_namespaces(7)
void enter_mount_namespace(unsigned long /*propagation*/) {
  not_written("enter_mount_namespace");
}

// mount_proc, mount_sys - the kernel's own file systems
//
// DESCRIPTION
//   Mount a file system of type proc on /proc, and of type sysfs on /sys; / is the image. On
//   neither may a program be executed, set-user-ID bits be followed or device files be opened; /sys
//   is read-only besides.
//
// ERRORS
//   Where the directory to mount on is a symbolic link, Error: it is refused, and nothing is
//   mounted. mount(2) would follow the link.
//
// SEE ALSO  mount(2), proc(5), sysfs(5)
void mount_proc() {
  not_written("mount_proc");
}
void mount_sys() {
  not_written("mount_sys");
}

// mount_dev - a small /dev
//
// DESCRIPTION
//   Mounts on /dev (a symbolic link is refused, as above) a tmpfs, mode 755, without set-user-ID
//   programs or executable files, and makes in it:
//
//     null 1:3, zero 1:5, full 1:7, random 1:8, urandom 1:9, tty 5:0
//             character devices, mode 0666 whatever the umask
//     pts     a devpts of its own: data "newinstance,ptmxmode=0666,mode=0620"; no set-user-ID
//             programs, nothing executable
//     ptmx    a symbolic link to pts/ptmx
//     shm     a tmpfs, mode 1777; no set-user-ID programs, no devices, nothing executable
//     fd      a symbolic link to /proc/self/fd
//     stdin, stdout, stderr
//             symbolic links to fd/0, fd/1 and fd/2
//
// NOTES
//   The umask of the process is afterwards what it was.
//
// SEE ALSO  mknod(2), makedev(3), symlink(2), tmpfs(5), devpts in the kernel's documentation
void mount_dev() {
  not_written("mount_dev");
}

}  // namespace lab
