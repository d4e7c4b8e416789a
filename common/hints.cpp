#include "hints.h"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>

#include "interpreter.h"
#include "mountinfo.h"
#include "namespaces.h"

namespace lab {
namespace {

// --- What can be looked up at the moment of the failure. ---
// Each answers whether its cause is the one: "" where it is not, else a word that stands for {} in
// the hint.

using Cause = std::string (*)(const Call&);
constexpr const char* kYes = "yes";

std::string yes_if(bool condition) {
  return condition ? kYes : "";
}

const std::string& string_arg(const Call& call, size_t n) {
  static const std::string none;
  return n < call.args.size() ? call.args[n].string() : none;
}

bool has_flag(const Call& call, size_t n, const std::string& flag) {
  return n < call.args.size() &&
         ("|" + call.args[n].text() + "|").find("|" + flag + "|") != std::string::npos;
}

std::string absolute(const std::string& path) {
  std::error_code unresolved;
  const std::filesystem::path resolved = std::filesystem::canonical(path, unresolved);
  return unresolved ? path : resolved.string();
}

bool is_mount_point(const std::string& path) {
  const std::vector<Mount> mounts = mounts_of("self");
  const Mount* mount = mount_of_path(mounts, absolute(path));
  return mount != nullptr && mount->target == absolute(path);
}

// The mount that the mount at `path` is mounted on.
bool parent_is_shared(const std::string& path) {
  const std::vector<Mount> mounts = mounts_of("self");
  const Mount* mount = mount_of_path(mounts, absolute(path));
  if (mount == nullptr) return false;
  for (const Mount& other : mounts) {
    if (other.id == mount->parent) return other.shared();
  }
  return false;
}

bool lies_on_noexec_mount(const std::string& path) {
  struct statvfs status {};
  return ::statvfs(path.c_str(), &status) == 0 && (status.f_flag & ST_NOEXEC) != 0;
}

bool exists(const std::string& path) {
  return ::access(path.c_str(), F_OK) == 0;
}

bool is_directory(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

std::string always(const Call&) {
  return kYes;
}
std::string not_root(const Call&) {
  return yes_if(::geteuid() != 0);
}

// A process whose root is not its mount namespace's root sees itself so: the mount that "/" is on
// has another root directory, or is not in its table at all.
std::string in_chroot(const Call&) {
  const std::vector<Mount> mounts = mounts_of("self");
  for (const Mount& mount : mounts) {
    if (mount.target == "/") return "";
  }
  return kYes;
}

std::string target_is_no_mount_point(const Call& call) {
  return yes_if(!is_mount_point(string_arg(call, 1)));
}

std::string two_propagations(const Call& call) {
  int types = 0;
  for (const char* flag : {"MS_PRIVATE", "MS_SLAVE", "MS_SHARED", "MS_UNBINDABLE"})
    types += has_flag(call, 3, flag) ? 1 : 0;
  return yes_if(types > 1);
}

std::string propagation_with_other_flags(const Call& call) {
  for (const char* type : {"MS_PRIVATE", "MS_SLAVE", "MS_SHARED", "MS_UNBINDABLE"}) {
    if (!has_flag(call, 3, type)) continue;
    for (const char* other :
         {"MS_RDONLY", "MS_NOSUID", "MS_NODEV", "MS_NOEXEC", "MS_BIND", "MS_REMOUNT"}) {
      if (has_flag(call, 3, other)) return other;
    }
  }
  return "";
}

std::string bind_source_missing(const Call& call) {
  return has_flag(call, 3, "MS_BIND") && !exists(string_arg(call, 0)) ? quoted(string_arg(call, 0))
                                                                      : "";
}
std::string mount_target_missing(const Call& call) {
  return exists(string_arg(call, 1)) ? "" : quoted(string_arg(call, 1));
}

std::string new_root_is_no_mount_point(const Call& call) {
  return yes_if(!is_mount_point(string_arg(call, 0)));
}
std::string new_root_is_the_root(const Call& call) {
  return yes_if(absolute(string_arg(call, 0)) == "/");
}
std::string new_roots_parent_is_shared(const Call& call) {
  return yes_if(parent_is_shared(string_arg(call, 0)));
}
std::string put_old_is_on_shared(const Call& call) {
  const std::vector<Mount> mounts = mounts_of("self");
  const Mount* mount = mount_of_path(mounts, absolute(string_arg(call, 1)));
  return yes_if(mount != nullptr && mount->shared());
}
std::string root_is_initramfs(const Call&) {
  const std::vector<Mount> mounts = mounts_of("self");
  const Mount* root = mount_of_path(mounts, "/");
  return yes_if(root != nullptr && root->type == "rootfs");
}
std::string put_old_is_outside(const Call& call) {
  const std::string new_root = absolute(string_arg(call, 0));
  const std::string put_old = absolute(string_arg(call, 1));
  return yes_if(put_old != new_root && put_old.rfind(new_root + "/", 0) != 0);
}
std::string put_old_missing(const Call& call) {
  return exists(string_arg(call, 1)) ? "" : quoted(string_arg(call, 1));
}
std::string put_old_is_no_directory(const Call& call) {
  return is_directory(string_arg(call, 1)) ? "" : quoted(string_arg(call, 1));
}

std::string interpreter_missing(const Call& call) {
  const std::string interpreter = interpreter_of(string_arg(call, 0));
  return interpreter.empty() || exists(interpreter) ? "" : interpreter;
}
std::string program_is_directory(const Call& call) {
  return yes_if(is_directory(string_arg(call, 0)));
}
std::string program_on_noexec(const Call& call) {
  return yes_if(lies_on_noexec_mount(string_arg(call, 0)));
}

std::string target_is_mount_point(const Call& call) {
  return yes_if(is_mount_point(string_arg(call, 0)));
}
std::string opens_directory(const Call& call) {
  return yes_if(has_flag(call, 1, "O_DIRECTORY"));
}
std::string opens_terminal(const Call& call) {
  return yes_if(string_arg(call, 0) == "/dev/tty");
}
std::string asks_for_user_namespace(const Call& call) {
  return yes_if(has_flag(call, 0, "CLONE_NEWUSER"));
}
std::string user_namespace_in_chroot(const Call& call) {
  return asks_for_user_namespace(call).empty() ? "" : in_chroot(call);
}
std::string pid_namespace_asked_again(const Call& call) {
  const std::string own = namespace_of("self", "pid");
  return yes_if(has_flag(call, 0, "CLONE_NEWPID") &&
                namespace_of("self", "pid_for_children") != own);
}
// After the PID 1 of the children's namespace has ended, the link cannot be read any more.
std::string children_have_no_init(const Call&) {
  return yes_if(namespace_of("self", "pid_for_children") != namespace_of("self", "pid"));
}

// --- The table. The first row whose cause applies is the hint. ---

struct Row {
  const char* call;
  int error;
  Cause cause;
  const char* hint;
};

constexpr const char* kNeedsRoot = "this needs root; run it with sudo";
constexpr const char* kNeedsCapability =
    "root without the capability for it: is this itself a container? see CapEff in "
    "/proc/self/status";

constexpr const char* kReadOnly =
    "this is the image itself, which is read-only while a step is left out: was a file system to "
    "be "
    "mounted here first?";
constexpr const char* kExists =
    "the image has that already: was an empty file system to be mounted here first?";

constexpr std::array kHints{
    Row{"chroot", EPERM, not_root, kNeedsRoot},
    Row{"chroot", EPERM, always, kNeedsCapability},
    Row{"chroot", ENOENT, always, "there is no such directory"},
    Row{"chroot", ENOTDIR, always, "the new root must be a directory"},
    Row{"chdir", ENOENT, always, "there is no such directory below the current root"},
    Row{"chdir", ENOTDIR, always, "that is not a directory"},

    Row{"open", ENOENT, opens_directory,
        "there is no such directory; ./lab setup fetches an image to rootfs/busybox, --rootfs "
        "names another"},
    Row{"open", ENOTDIR, opens_directory,
        "an image is a directory with a root file system in it, not a file"},
    Row{"open", EACCES, opens_directory,
        "you may not read that directory; run it with sudo, or mend its mode"},
    Row{"open", ENAMETOOLONG, always,
        "a path may have 4095 bytes, a name in it 255; change directory and use a relative path"},
    Row{"open", ENXIO, opens_terminal,
        "--step waits for Enter on the terminal, and there is none; use --explain"},

    Row{"execve", ENOENT, interpreter_missing,
        "the program is there, but {}, which must load it, is not in the image; use a statically "
        "linked "
        "program, or copy the loader and its libraries into the image"},
    Row{"execve", ENOENT, always, "the image has no such program"},
    Row{"execve", ENOTDIR, always, "a part of that path is not a directory"},
    Row{"execve", EACCES, program_is_directory, "that is a directory, not a program"},
    Row{"execve", EACCES, program_on_noexec,
        "the file lies on a file system that is mounted noexec"},
    Row{"execve", EACCES, always, "the file has no execute permission; chmod +x sets it"},
    Row{"execve", ENOEXEC, always,
        "the file is no program that this kernel knows: a script without a #! line, or a program "
        "for another "
        "machine"},
    Row{"execve", E2BIG, always, "arguments and environment together are too long"},

    Row{"unshare", EPERM, user_namespace_in_chroot,
        "a process whose root was changed by chroot may not make a user namespace; make it before "
        "chroot"},
    Row{"unshare", EPERM, asks_for_user_namespace,
        "user namespaces may be switched off here: see sysctl kernel.unprivileged_userns_clone and "
        "kernel.apparmor_restrict_unprivileged_userns"},
    Row{"unshare", EPERM, not_root, kNeedsRoot},
    Row{"unshare", EPERM, always, kNeedsCapability},
    Row{"unshare", EINVAL, pid_namespace_asked_again,
        "this process has asked for a new PID namespace before, and a process can do so only once: "
        "fork "
        "first, and let the child ask for the next one"},
    Row{"unshare", EINVAL, always,
        "this kernel was built without that kind of namespace; see ls /proc/self/ns"},
    Row{"unshare", ENOSPC, always, "too many namespaces: see /proc/sys/user/max_*_namespaces"},
    Row{"unshare", EUSERS, always,
        "too many namespaces within one another: 32 levels are the most"},

    Row{"fork", ENOMEM, children_have_no_init,
        "the first child after unshare(CLONE_NEWPID) was PID 1 of the new namespace; it has ended, "
        "and a "
        "namespace without its PID 1 takes no more processes"},
    Row{"fork", ENOMEM, always, "there is no memory left for another process"},
    Row{"fork", EAGAIN, always, "too many processes: see ulimit -u, and pids.max of the cgroup"},
    Row{"kill", ESRCH, always,
        "no process has that pid in this PID namespace; the pids that the host knows mean nothing "
        "inside"},
    Row{"kill", EPERM, always, "that process belongs to another user"},

    Row{"mount", EPERM, not_root, kNeedsRoot},
    Row{"mount", EPERM, always, kNeedsCapability},
    Row{"mount", EINVAL, two_propagations,
        "a mount is private, slave, shared or unbindable: ask for one of them at a time"},
    Row{"mount", EINVAL, propagation_with_other_flags,
        "a change of propagation takes MS_REC beside it and nothing else; {} needs a mount(2) of "
        "its own"},
    Row{"mount", EINVAL, target_is_no_mount_point,
        "the target is not a mount point; propagation and MS_REMOUNT change a mount that is there"},
    Row{"mount", ENOENT, bind_source_missing, "{}, which is to be bound, does not exist"},
    Row{"mount", ENOENT, mount_target_missing,
        "there is no {} to mount on; make the directory in the image first"},
    Row{"mount", ENOTDIR, always,
        "a directory can be mounted on a directory only, and a file on a file"},
    Row{"mount", ENODEV, always,
        "this kernel does not know that file system type; see /proc/filesystems"},
    Row{"mount", EBUSY, always, "the same is mounted there already: is / still the host's?"},
    Row{"mount", EACCES, always, "the image lies on a read-only or restricted file system"},

    Row{"umount2", EBUSY, always,
        "something is still in use there: a working directory, an open file or a mount further "
        "below; leave "
        "it first, or let go of it with MNT_DETACH"},
    Row{"umount2", EINVAL, target_is_mount_point,
        "this mount may not be taken away from here: it came with a more privileged mount "
        "namespace"},
    Row{"umount2", EINVAL, always, "nothing is mounted there"},
    Row{"umount2", EPERM, not_root, kNeedsRoot},
    Row{"rmdir", EBUSY, always, "something is still mounted there; unmount it first"},
    Row{"rmdir", ENOTEMPTY, always,
        "it is not empty: perhaps the old root is still mounted there; do not use rm -rf, unmount "
        "it first"},

    Row{"pivot_root", EPERM, not_root, kNeedsRoot},
    Row{"pivot_root", EPERM, always, kNeedsCapability},
    Row{"pivot_root", ENOENT, put_old_missing, "put_old must be there beforehand; mkdir {} first"},
    Row{"pivot_root", ENOTDIR, put_old_is_no_directory,
        "{} is not a directory, and put_old must be one"},
    Row{"pivot_root", ENOTDIR, always, "the new root must be a directory"},
    Row{"pivot_root", EBUSY, new_root_is_the_root, "the new root is the root already"},
    Row{"pivot_root", EBUSY, always,
        "the new root lies on the root's own mount: it is not a mount point; bind-mount it onto "
        "itself first"},
    Row{"pivot_root", EINVAL, root_is_initramfs,
        "the root is the initramfs, which cannot be pivoted away from; use switch_root, or a tmpfs "
        "on top of it"},
    Row{"pivot_root", EINVAL, new_root_is_no_mount_point,
        "the new root is not a mount point; bind-mount it onto itself first"},
    Row{"pivot_root", EINVAL, new_roots_parent_is_shared,
        "the mount that the new root is mounted on is shared; make mounts private first: "
        "MS_REC|MS_PRIVATE on /"},
    Row{"pivot_root", EINVAL, put_old_is_on_shared,
        "the mount that put_old lies on is shared; make mounts private first: MS_REC|MS_PRIVATE on "
        "/"},
    Row{"pivot_root", EINVAL, put_old_is_outside,
        "put_old must be the new root or a directory below it"},

    Row{"mknod", EPERM, always, "device nodes need CAP_MKNOD, and a file system that takes them"},
    Row{"mknod", EROFS, always, kReadOnly},
    Row{"mkdir", EROFS, always, kReadOnly},
    Row{"symlink", EROFS, always, kReadOnly},
    Row{"mknod", EEXIST, always, kExists},
    Row{"mkdir", EEXIST, always, kExists},
    Row{"symlink", EEXIST, always, kExists},
    Row{"write", ENOSPC, always, "the disk that the output goes to is full"},
    Row{"write", EPIPE, always, "whoever read the output has gone"},
};

std::string filled_in(const std::string& hint, const std::string& word) {
  const size_t at = hint.find("{}");
  return at == std::string::npos ? hint : std::string(hint).replace(at, 2, word);
}

}  // namespace

std::string hint_for(const Call& call, int error) {
  for (const Row& row : kHints) {
    if (row.error != error || call.name != row.call) continue;
    if (const std::string word = row.cause(call); !word.empty()) return filled_in(row.hint, word);
  }
  return "";
}

}  // namespace lab
