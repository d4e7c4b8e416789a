// Lab 03: a mount table of one's own, and the file systems that a container finds in it.
#pragma once

namespace lab {

/// Gives this process a mount namespace of its own, and cuts its mounts off from the host's
/// (unshare(2), mount(2), mount_namespaces(7)). `propagation` is MS_PRIVATE (nothing passes between
/// the two) or MS_SLAVE (what the host mounts later still appears here). Precondition:
/// CAP_SYS_ADMIN. Errors: SyscallError.
void enter_mount_namespace(unsigned long propagation);

/// Mounts /proc, proc(5): the processes of this process's PID namespace.
void mount_proc();

/// Mounts /sys, sysfs(5), read-only: what is written there goes to the host's kernel.
void mount_sys();

/// Mounts /dev: a tmpfs with the devices null, zero, full, random, urandom and tty, a devpts(5) of
/// its own, shm, and the links that programs expect (fd, stdin, stdout, stderr, ptmx).
void mount_dev();

// The preconditions of the last three: CAP_SYS_ADMIN, a mount namespace of one's own, and the image
// as the root directory: then no symbolic link in it leads outside. Errors: SyscallError; Error
// where the directory to mount on is a symbolic link.

}  // namespace lab
