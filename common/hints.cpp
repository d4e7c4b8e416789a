#include "hints.h"

#include <array>
#include <cerrno>

#include "causes.h"

namespace lab {
namespace {

using namespace causes;

// The table: the first row whose cause applies is the hint, with the cause's word in place of {}.

struct Row {
  const char* call;
  int error;
  std::string (*cause)(const Call&);
  const char* hint;
};

constexpr const char* kNeedsRoot = "this needs root; run it with sudo";
constexpr const char* kNeedsCapability =
    "root without the capability for it: is this itself a container? see CapEff in "
    "/proc/self/status";

constexpr const char* kReadOnly =
    "this is read-only, as the image is with --skip: was a file system to be mounted here first? "
    "nothing should be made in the image";
constexpr const char* kExists =
    "the image has that already: was an empty file system to be mounted here first?";
constexpr const char* kEnteredBefore =
    "the working directory was entered before the bind mount: chdir into it again";
constexpr const char* kPutOldOutside = "put_old must be the new root or a directory below it";

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

    Row{"execve", ENOENT, program_missing, "the image has no such program"},
    Row{"execve", ENOENT, script_has_carriage_return,
        "the script's first line ends with a carriage return: save it with Unix line ends"},
    Row{"execve", ENOENT, interpreter_missing,
        "the program is there, but {}, which must load it, is not in the image; use a statically "
        "linked program, or copy the loader and its libraries into the image"},
    Row{"execve", ENOENT, loader_of_interpreter_missing,
        "the script and its interpreter are there, but {}, which must load the interpreter, is "
        "not in the image; copy it and its libraries into the image"},
    Row{"execve", ENOENT, always, "the program is there, but what must load it is not"},
    Row{"execve", ENOTDIR, always, "a part of that path is not a directory"},
    Row{"execve", EACCES, program_is_directory, "that is a directory, not a program"},
    Row{"execve", EACCES, program_on_noexec,
        "the file lies on a file system that is mounted noexec"},
    Row{"execve", EACCES, always, "the file has no execute permission; chmod +x sets it"},
    Row{"execve", ENOEXEC, always,
        "the file is no program that this kernel knows: a script without a #! line, or a program "
        "for another machine"},
    Row{"execve", E2BIG, always, "arguments and environment together are too long"},

    Row{"unshare", EPERM, user_namespace_in_chroot,
        "a process whose root was changed by chroot may not make a user namespace; make it before "
        "chroot"},
    Row{"unshare", EPERM, asks_for_user_namespace,
        "after chroot it is refused; else user namespaces may be switched off here: see sysctl "
        "kernel.unprivileged_userns_clone and kernel.apparmor_restrict_unprivileged_userns"},
    Row{"unshare", EPERM, not_root, kNeedsRoot},
    Row{"unshare", EPERM, always, kNeedsCapability},
    Row{"unshare", EINVAL, pid_namespace_asked_again,
        "this process has asked for a new PID namespace before, and a process can do so only "
        "once: fork first, and let the child ask for the next one"},
    Row{"unshare", EINVAL, unknown_namespace_flag,
        "{} is no namespace flag; a signal for the child's end is for clone, not for unshare"},
    Row{"unshare", EINVAL, always,
        "this kernel was built without that kind of namespace; see ls /proc/self/ns"},
    Row{"unshare", ENOSPC, always, "too many namespaces: see /proc/sys/user/max_*_namespaces"},
    Row{"unshare", EUSERS, always,
        "too many namespaces within one another: 32 levels are the most"},

    Row{"fork", ENOMEM, children_have_no_init,
        "the first child after unshare(CLONE_NEWPID) was PID 1 of the new namespace; it has "
        "ended, and a namespace without its PID 1 takes no more processes"},
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
    Row{"mount", EINVAL, change_of_no_mount_point,
        "the target is not a mount point; propagation and MS_REMOUNT change a mount that is there"},
    Row{"mount", EINVAL, bind_flag_missing,
        "MS_BIND is missing: without it, a new mount needs a file system type"},
    Row{"mount", EINVAL, has_data, "the file system does not know an option in {}; see dmesg"},
    Row{"mount", ENOENT, bind_source_missing, "{}, which is to be bound, does not exist"},
    Row{"mount", ENOENT, mount_target_missing,
        "there is no {} to mount on; make the directory in the image first"},
    Row{"mount", ENOTDIR, always,
        "a directory can be mounted on a directory only, and a file on a file"},
    Row{"mount", ENODEV, always,
        "this kernel does not know that file system type; see /proc/filesystems"},
    Row{"mount", EBUSY, remounts,
        "a file there is open for writing: close it before the mount becomes read-only"},
    Row{"mount", EBUSY, always, "the same is mounted there already: is / still the host's?"},
    Row{"mount", EACCES, always, "the image lies on a read-only or restricted file system"},

    Row{"umount2", EBUSY, always,
        "something is still in use there: a working directory, an open file or a mount further "
        "below; leave it first, or let go of it with MNT_DETACH"},
    Row{"umount2", EINVAL, umount_target_is_mount_point,
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
    Row{"pivot_root", ENOENT, new_root_missing, "there is no such directory {}"},
    Row{"pivot_root", ENOENT, put_old_missing, "put_old must be there beforehand; mkdir {} first"},
    Row{"pivot_root", ENOTDIR, put_old_is_no_directory,
        "{} is not a directory, and put_old must be one"},
    Row{"pivot_root", ENOTDIR, always, "the new root must be a directory"},
    Row{"pivot_root", EBUSY, new_root_is_the_root, "the new root is the root already"},
    Row{"pivot_root", EBUSY, new_root_entered_before_mount, kEnteredBefore},
    Row{"pivot_root", EBUSY, put_old_is_outside, kPutOldOutside},
    Row{"pivot_root", EBUSY, always,
        "the new root lies on the root's own mount: it is not a mount point; bind-mount it onto "
        "itself first"},
    Row{"pivot_root", EINVAL, root_is_initramfs,
        "the root is the initramfs, which cannot be pivoted away from; use switch_root, or a "
        "tmpfs on top of it"},
    Row{"pivot_root", EINVAL, in_chroot,
        "the current root is no mount point: chroot came first; use pivot_root instead of it"},
    Row{"pivot_root", EINVAL, new_root_entered_before_mount, kEnteredBefore},
    Row{"pivot_root", EINVAL, new_root_is_no_mount_point,
        "the new root is not a mount point; bind-mount it onto itself first"},
    Row{"pivot_root", EINVAL, new_roots_parent_is_shared,
        "the mount that the new root is mounted on is shared; make mounts private first: "
        "MS_REC|MS_PRIVATE on /"},
    Row{"pivot_root", EINVAL, put_old_is_on_shared,
        "the mount that put_old lies on is shared; make mounts private first: MS_REC|MS_PRIVATE "
        "on /"},
    Row{"pivot_root", EINVAL, put_old_is_outside, kPutOldOutside},

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
