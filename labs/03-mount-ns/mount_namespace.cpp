#include "mount_namespace.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>
#include <filesystem>
#include <string>

#include "error.h"
#include "namespaces.h"
#include "step.h"
#include "sys.h"

namespace lab {
namespace {

// mount(2) follows symbolic links, and an image from someone else may hold any.
void refuse_symbolic_link(const std::string& target) {
  if (!std::filesystem::is_symlink(target)) return;
  throw Error("the image's " + target + " is a symbolic link: refused",
              "make it a directory; what is mounted there must not land anywhere else");
}

struct Device {
  const char* path;
  unsigned major, minor;
};

// The numbers are Linux's own: Documentation/admin-guide/devices.txt.
constexpr Device kDevices[] = {
    {"/dev/null", 1, 3},   {"/dev/zero", 1, 5},    {"/dev/full", 1, 7},
    {"/dev/random", 1, 8}, {"/dev/urandom", 1, 9}, {"/dev/tty", 5, 0},
};

// In a user namespace (lab 09) no one may make a device node: it would be one of the host's devices.
// There the host's own node is bound; /.. leads to the old root as long as that lies on the new one.
void make_device(const Device& device) {
  try {
    sys::mknod(device.path, S_IFCHR | 0666, makedev(device.major, device.minor));
  } catch (const SyscallError& error) {
    if (error.error() != EPERM || in_initial_user_namespace()) throw;
    sys::mknod(device.path, S_IFREG, 0);
    sys::mount(std::string("/..") + device.path, device.path, nullptr, MS_BIND);
  }
}

}  // namespace

void enter_mount_namespace(unsigned long propagation) {
  step("unshare-mount", "a mount table of its own, at first a copy of the host's", [] {
    sys::unshare(CLONE_NEWNS);
    if (telling()) tell("mount namespace of this process", namespace_of("self", "mnt"));
  });
  // The copies are peers of the originals where those are shared, as systemd makes them: each would
  // show the other's mounts. MS_REC: not / alone but every mount below it.
  step("cut-propagation", "keep what is mounted here from appearing on the host",
       [&] { sys::mount(nullptr, "/", nullptr, MS_REC | propagation); });
}

void mount_proc() {
  step("mount-proc", "/proc shows the processes of this PID namespace, and no others", [] {
    refuse_symbolic_link("/proc");
    sys::mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC);
  });
}

void mount_sys() {
  step("mount-sys", "/sys is the host's kernel: read-only", [] {
    refuse_symbolic_link("/sys");
    sys::mount("sysfs", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY);
  });
}

void mount_dev() {
  step("mount-dev", "/dev is an empty tmpfs: the image's own device files are out of reach", [] {
    refuse_symbolic_link("/dev");
    sys::mount("tmpfs", "/dev", "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=755,size=64k");
  });
  step("make-devices", "only devices that hold no one's data", [] {
    const mode_t umask = sys::umask(0);
    for (const Device& device : kDevices) make_device(device);
    sys::umask(umask);
  });
  step("mount-devpts", "terminals of its own: none of the host's is in /dev/pts", [] {
    sys::mkdir("/dev/pts", 0755);
    sys::mount("devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC,
               "newinstance,ptmxmode=0666,mode=0620");
    sys::symlink("pts/ptmx", "/dev/ptmx");
  });
  step("mount-shm", "shared memory that goes with the container", [] {
    sys::mkdir("/dev/shm", 0755);
    sys::mount("tmpfs", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC,
               "mode=1777,size=64m");
  });
  step("link-dev", "the names under which a process finds its own descriptors", [] {
    sys::symlink("/proc/self/fd", "/dev/fd");
    sys::symlink("fd/0", "/dev/stdin");
    sys::symlink("fd/1", "/dev/stdout");
    sys::symlink("fd/2", "/dev/stderr");
  });
}

}  // namespace lab
