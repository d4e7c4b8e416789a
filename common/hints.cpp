#include "hints.h"

#include <array>
#include <cerrno>

#include "causes.h"
#include "causes_cgroups.h"
#include "causes_namespaces.h"
#include "causes_network.h"
#include "causes_overlay.h"
#include "causes_privileges.h"
#include "causes_user.h"

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
    "root without the capability for it: was it given up before, or is this itself a container? "
    "see "
    "CapEff in /proc/self/status";
constexpr const char* kRefusedByFilter =
    "the capability for it is there, but a system call filter refuses it (Seccomp in "
    "/proc/self/status is 2): install the filter as the last thing";

constexpr const char* kNoTun =
    "the host's kernel has no tap devices yet: modprobe {} loads the driver for them";

constexpr const char* kReadOnly =
    "this is read-only, as the image is with --skip: was a file system to be mounted here first? "
    "nothing should be made in the image";
constexpr const char* kExists =
    "the image has that already: was an empty file system to be mounted here first?";
constexpr const char* kEnteredBefore =
    "the working directory was entered before the bind mount: chdir into it again";
constexpr const char* kPutOldOutside = "put_old must be the new root or a directory below it";

constexpr const char* kLayerIsDirectory =
    "{} is not a directory, and every layer of an overlay is one";
constexpr const char* kOptionsCutOff =
    "mount(2) reads 4095 bytes of options, and these are longer; give long paths shorter names, "
    "such "
    "as /proc/self/fd/N of an open directory";
constexpr const char* kOnlyLowerLayers =
    "this overlay has no upperdir to write to: its layers are all read-only";

constexpr const char* kNoHierarchyHere =
    "no cgroup hierarchy is mounted there; see grep cgroup /proc/self/mountinfo";

constexpr const char* kRestrictedByAppArmor =
    "AppArmor lets ordinary users have user namespaces without power in them, as Ubuntu 24.04 "
    "does: "
    "sysctl kernel.apparmor_restrict_unprivileged_userns=0";
constexpr const char* kIdHasNoPlace =
    "the id {} has no place in this user namespace: see /proc/self/uid_map and gid_map";
constexpr const char* kOwnIdHasNoPlace =
    "this process's own {} has no place in its user namespace, so nothing can be made in its name: "
    "become uid 0 and gid 0 of it first, setresgid(0, 0, 0) and setresuid(0, 0, 0)";

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
    Row{"open", ENOENT, opens_tun, kNoTun},
    Row{"open", ENODEV, opens_tun, kNoTun},
    Row{"ioctl", EPERM, not_root, kNeedsRoot},
    Row{"ioctl", EPERM, always, kNeedsCapability},
    Row{"open", ENXIO, opens_terminal,
        "--step waits for Enter on the terminal, and there is none; use --explain"},

    Row{"open", ENOENT, cgroup_missing, "there is no cgroup {}: a cgroup is made by mkdir"},
    Row{"open", ENOENT, hierarchy_has_not_controller,
        "this hierarchy of version 1 has other controllers: {} has one of its own; see "
        "/proc/self/cgroup"},
    Row{"open", ENOENT, cgroup_is_of_version_1,
        "this cgroup is of version 1, and its files have other names: memory.limit_in_bytes for "
        "memory.max, cpu.cfs_quota_us for cpu.max; ls shows them"},
    Row{"open", ENOENT, cgroup_is_of_version_2,
        "this cgroup is of version 2, and its files have other names: memory.max for "
        "memory.limit_in_bytes, cpu.max for cpu.cfs_quota_us, cgroup.procs for tasks; ls shows "
        "them"},
    Row{"open", ENOENT, controller_not_handed_on,
        "the cgroup above does not hand {} on: write +{} to its cgroup.subtree_control"},
    Row{"open", ENOENT, on_cgroup, "this cgroup has no such file; ls shows those that it has"},
    Row{"open", ENOENT, in_cgroup_mounts_home, kNoHierarchyHere},
    Row{"mkdir", ENOENT, in_cgroup_mounts_home, kNoHierarchyHere},
    Row{"open", ENOENT, opens_host_process_from_inside,
        "there is no {} in the /proc of this mount namespace: has the process ended? or was the "
        "mount "
        "namespace entered before? open what is needed from the host first"},
    Row{"open", EACCES, not_root, kNeedsRoot},
    Row{"open", EACCES, on_cgroup,
        "a cgroup takes no new files: open what is there without O_CREAT (ofstream and fopen "
        "\"w\" ask for it), and look at the name: version 1 and version 2 have other files"},
    Row{"open", EROFS, on_cgroup,
        "cgroups are mounted read-only here: is this itself an unprivileged container?"},

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

    Row{"unshare", EPERM, refused_by_filter, kRefusedByFilter},
    Row{"unshare", EPERM, user_namespace_in_chroot,
        "a process whose root was changed by chroot may not make a user namespace; make it before "
        "chroot"},
    Row{"unshare", EPERM, asks_for_user_namespace,
        "after chroot it is refused; else user namespaces may be switched off here: see sysctl "
        "kernel.unprivileged_userns_clone and kernel.apparmor_restrict_unprivileged_userns"},
    Row{"unshare", EPERM, restricted_by_apparmor, kRestrictedByAppArmor},
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

    Row{"setns", EPERM, enters_before_its_user_namespace,
        "that namespace belongs to another user namespace: enter that one first, it gives power "
        "over "
        "the others"},
    Row{"setns", EPERM, not_root, kNeedsRoot},
    Row{"setns", EPERM, always, kNeedsCapability},
    Row{"setns", EBADF, descriptor_is_closed, "that descriptor is not open"},
    Row{"setns", EINVAL, enters_no_namespace, "{} is no namespace; open a file below /proc/PID/ns"},
    Row{"setns", EINVAL, enters_other_kind,
        "the descriptor is of another kind of namespace: it takes {}"},
    Row{"setns", EINVAL, enters_own_user_namespace,
        "this process is in that user namespace already, and no one can enter it twice"},
    Row{"setns", EINVAL, enters_pid_namespace_above,
        "a process can go into PID namespaces below its own only, never above or beside"},
    Row{"sethostname", EPERM, in_user_namespace,
        "the UTS namespace belongs to a user namespace above this one: unshare it first"},
    Row{"sethostname", EPERM, not_root, kNeedsRoot},
    Row{"sethostname", EPERM, always, kNeedsCapability},
    Row{"sethostname", EINVAL, hostname_too_long,
        "a host name has at most 64 bytes, and this one has {}"},

    Row{"fork", ENOMEM, children_have_no_init,
        "the first child after unshare(CLONE_NEWPID) was PID 1 of the new namespace; it has "
        "ended, and a namespace without its PID 1 takes no more processes"},
    Row{"fork", ENOMEM, always, "there is no memory left for another process"},
    Row{"fork", EAGAIN, pids_limit_reached,
        "the cgroup has as many processes as its pids.max lets it have: {}; threads count too"},
    Row{"fork", EAGAIN, always, "too many processes: see ulimit -u, and pids.max of the cgroup"},
    Row{"kill", ESRCH, always,
        "no process has that pid in this PID namespace; the pids that the host knows mean nothing "
        "inside"},
    Row{"kill", EPERM, always, "that process belongs to another user"},

    Row{"mount", EPERM, refused_by_filter, kRefusedByFilter},
    Row{"mount", EPERM, restricted_by_apparmor, kRestrictedByAppArmor},
    Row{"mount", EPERM, namespace_of_others,
        "this process's {} namespace belongs to another user namespace: enter the user namespace "
        "first, and make the others in it"},
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
    Row{"mount", EINVAL, options_cut_off, kOptionsCutOff},
    Row{"mount", EINVAL, overlay_without_lowerdir,
        "an overlay needs lowerdir=, the read-only layers, with the topmost first"},
    Row{"mount", EINVAL, overlay_directory_is_file, kLayerIsDirectory},
    Row{"mount", EINVAL, overlay_of_one_layer,
        "without upperdir an overlay needs two directories in lowerdir at least"},
    Row{"mount", EINVAL, overlay_without_workdir,
        "upperdir needs workdir beside it: an empty directory on the same file system"},
    Row{"mount", EINVAL, overlay_workdir_is_upperdir,
        "workdir and upperdir are one directory; workdir must be an empty one of its own"},
    Row{"mount", EINVAL, overlay_workdir_and_upperdir_nested,
        "of workdir and upperdir one lies inside the other; they must lie side by side"},
    Row{"mount", EINVAL, overlay_upperdir_unfit,
        "upperdir lies on {}, which overlayfs cannot write to; take a directory on ext4, xfs, "
        "btrfs "
        "or tmpfs"},
    Row{"mount", EINVAL, overlay_workdir_on_other_mount,
        "workdir and upperdir lie on different mounts; put both into one directory"},
    Row{"mount", EINVAL, overlay_upperdir_read_only,
        "upperdir lies on a read-only mount, and the changes must be written there"},
    Row{"mount", EINVAL, overlay_on_overlay,
        "{} is an overlay itself; an overlay may lie on an overlay, but no third on those two"},
    Row{"mount", EINVAL, has_data, "the file system does not know an option in {}; see dmesg"},
    Row{"mount", ENOENT, bind_source_missing, "{}, which is to be bound, does not exist"},
    Row{"mount", ENOENT, options_cut_off, kOptionsCutOff},
    Row{"mount", ENOENT, overlay_directory_missing,
        "the layer {} does not exist; a relative path begins in the working directory, and a comma "
        "or a colon in a name needs a backslash before it"},
    Row{"mount", ELOOP, overlay_layers_overlap,
        "the directory {} is in this overlay twice: it is given again, or lies inside another one"},
    Row{"mount", ENOENT, mount_target_missing,
        "there is no {} to mount on; make the directory in the image first"},
    Row{"mount", ENOTDIR, overlay_directory_is_file, kLayerIsDirectory},
    Row{"mount", ENOTDIR, always,
        "a directory can be mounted on a directory only, and a file on a file"},
    Row{"mount", ENODEV, asks_for_overlayfs, "the type of overlayfs is called overlay"},
    Row{"mount", ENODEV, overlay_is_unknown,
        "this kernel has no overlayfs, or not loaded yet: modprobe overlay"},
    Row{"mount", ENODEV, always,
        "this kernel does not know that file system type; see /proc/filesystems"},
    Row{"mount", EBUSY, overlay_upperdir_in_use,
        "another overlay has {} as its upperdir, or its workdir; two that write to one spoil it"},
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
    Row{"umount2", EPERM, refused_by_filter, kRefusedByFilter},
    Row{"umount2", EPERM, not_root, kNeedsRoot},
    Row{"rmdir", EBUSY, on_cgroup,
        "processes or groups are left in that cgroup: see its cgroup.procs, and end or move them"},
    Row{"rmdir", EBUSY, always, "something is still mounted there; unmount it first"},
    Row{"rmdir", ENOTEMPTY, always,
        "it is not empty: perhaps the old root is still mounted there; do not use rm -rf, unmount "
        "it first"},

    Row{"pivot_root", EPERM, refused_by_filter, kRefusedByFilter},
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

    Row{"mknod", EPERM, in_user_namespace,
        "in a user namespace no one makes device nodes, root of it or not: bind the host's own, "
        "mount(\"/dev/null\", …, MS_BIND)"},
    Row{"mknod", EPERM, always, "device nodes need CAP_MKNOD, and a file system that takes them"},
    Row{"mknod", EROFS, on_overlay_without_upperdir, kOnlyLowerLayers},
    Row{"mkdir", EROFS, on_overlay_without_upperdir, kOnlyLowerLayers},
    Row{"symlink", EROFS, on_overlay_without_upperdir, kOnlyLowerLayers},
    Row{"open", EROFS, on_overlay_without_upperdir, kOnlyLowerLayers},
    Row{"mknod", EROFS, always, kReadOnly},
    Row{"mkdir", EROFS, on_cgroup,
        "cgroups are mounted read-only here: is this itself an unprivileged container?"},
    Row{"mkdir", EROFS, always, kReadOnly},
    Row{"mkdir", EACCES, not_root, kNeedsRoot},
    Row{"symlink", EROFS, always, kReadOnly},
    Row{"mknod", EEXIST, always, kExists},
    Row{"mkdir", EEXIST, always, kExists},
    Row{"symlink", EEXIST, always, kExists},
    Row{"write", EPERM, map_of_initial_namespace,
        "process {} is in the host's user namespace, whose ids are mapped for good: it has to "
        "enter "
        "one of its own first, by unshare(CLONE_NEWUSER)"},
    Row{"write", EPERM, map_is_written,
        "{} has been written before: a map is written once, all its ranges in one write(2)"},
    Row{"write", EPERM, setgroups_must_be_denied,
        "write deny to {} first: else who has no privilege could drop a group that takes rights "
        "away"},
    Row{"write", EPERM, restricted_by_apparmor, kRestrictedByAppArmor},
    Row{"write", EPERM, maps_id_of_others,
        "without root one's own id alone can be mapped, in one range of count 1; newuidmap and "
        "newgidmap map those of /etc/subuid and /etc/subgid"},
    Row{"write", EINVAL, map_is_malformed,
        "{} takes lines of three numbers, INSIDE OUTSIDE COUNT, that do not overlap; the count is "
        "1 "
        "at least"},
    Row{"setgroups", EPERM, groups_before_their_map,
        "gid_map is not written yet: setgroups(2) is for later"},
    Row{"setgroups", EPERM, groups_are_denied,
        "setgroups(2) is denied in this user namespace: see /proc/self/setgroups"},
    Row{"setgroups", EPERM, not_root, kNeedsRoot},
    Row{"setresuid", EINVAL, id_has_no_place, kIdHasNoPlace},
    Row{"setresgid", EINVAL, id_has_no_place, kIdHasNoPlace},
    Row{"chown", EINVAL, id_has_no_place, kIdHasNoPlace},
    Row{"setresuid", EPERM, not_root, kNeedsRoot},
    Row{"setresgid", EPERM, not_root, kNeedsRoot},
    Row{"mkdir", EOVERFLOW, own_id_has_no_place, kOwnIdHasNoPlace},
    Row{"open", EOVERFLOW, own_id_has_no_place, kOwnIdHasNoPlace},
    Row{"mknod", EOVERFLOW, own_id_has_no_place, kOwnIdHasNoPlace},
    Row{"symlink", EOVERFLOW, own_id_has_no_place, kOwnIdHasNoPlace},

    Row{"write", EBUSY, writes_subtree_control,
        "processes live in this cgroup itself, and one of version 2 that hands controllers on may "
        "have none (the root of all excepted): is this itself a container? move them to a group "
        "below first"},
    Row{"write", ENOENT, writes_subtree_control,
        "a controller that is not in cgroup.controllers here cannot be handed on: version 1 has "
        "it, or the cgroup above keeps it"},
    Row{"write", EBUSY, moves_process,
        "this cgroup hands controllers on (cgroup.subtree_control), so it takes no processes: make "
        "a group below it for them"},
    Row{"write", ESRCH, moves_process_that_is_gone,
        "no process has the pid {} in this PID namespace, or it has ended; 0 stands for whoever "
        "writes"},
    Row{"sendto", EPERM, not_root, kNeedsRoot},
    Row{"sendto", EPERM, always, kNeedsCapability},
    Row{"if_nametoindex", ENODEV, always,
        "there is no such link in this network namespace; ip link shows those that are: was it "
        "made "
        "here?"},
    Row{"sendto", ENODEV, speaks_to_other_namespace,
        "a socket speaks to the network namespace that it was opened in, which is not the one that "
        "this process is in now: there is no {} in that one"},
    Row{"sendto", ENODEV, names_link,
        "there is no link {} in this network namespace; ip link shows those that are"},
    Row{"sendto", ENODEV, always,
        "no link has that index in this network namespace; in another one it means another link"},
    Row{"sendto", EEXIST, makes_link_that_exists,
        "there is a link {} already, left by an earlier run or on its way out: a veth goes a "
        "moment "
        "after its namespace; take another name, or let the kernel number it: veth%d"},
    Row{"sendto", EEXIST, adds_address, "the link has that address already"},
    Row{"sendto", EEXIST, adds_route, "there is such a route already; ip route shows it"},
    Row{"sendto", ERANGE, link_name_too_long, "{} is too long: a link's name has at most 15 bytes"},
    Row{"sendto", EINVAL, link_name_unfit, "{} is no name for a link: it takes no / : or blank"},
    Row{"sendto", ESRCH, namespace_of_pid,
        "there is no process {}: has the container exited? the pid is one of this process's own "
        "PID namespace"},
    Row{"sendto", EINVAL, descriptor_is_no_network,
        "the descriptor {} of IFLA_NET_NS_FD is no network namespace; open /proc/PID/ns/net"},
    Row{"sendto", EBADF, descriptor_is_no_network,
        "the descriptor {} of IFLA_NET_NS_FD is not open; open /proc/PID/ns/net"},
    Row{"sendto", ENOTCONN, makes_veth,
        "the peer cannot be up before the pair is made: without IFF_UP here; bring it up "
        "afterwards, in its own namespace"},
    Row{"sendto", EOPNOTSUPP, master_is_no_bridge,
        "the link of IFLA_MASTER is no bridge, and takes no ports"},
    Row{"sendto", EOPNOTSUPP, makes_kind_of_link,
        "this kernel knows no links of the kind {}, or has not loaded it: modprobe"},
    Row{"sendto", ENETUNREACH, speaks_to_other_namespace,
        "a socket speaks to the network namespace that it was opened in, which is not the one that "
        "this process is in now"},
    Row{"sendto", ENETUNREACH, gateway_behind_link_that_is_down,
        "the link {} is down, and leads nowhere: bring it up before the route"},
    Row{"sendto", ENETUNREACH, no_link_has_address,
        "no link has an address yet, so no network is one hop away: the address first, then the "
        "link up, then the route"},
    Row{"sendto", ENETUNREACH, adds_route,
        "the gateway lies outside the networks that the addresses here belong to: has the address "
        "the length of its network?"},
    Row{"connect", ENETUNREACH, loopback_is_down,
        "lo is down, as in every new network namespace: bring it up"},
    Row{"connect", ENETUNREACH, always,
        "there is no route to that address; ip route shows those that there are"},

    Row{"write", ENOSPC, moves_into_cpuset,
        "a new cpuset has no CPUs and no memory: write cpuset.cpus and cpuset.mems first"},
    Row{"write", EINVAL, sets_memory_and_swap,
        "memory and swap together cannot be less than memory alone: set memory.limit_in_bytes "
        "first"},
    Row{"write", EINVAL, sets_cpu_quota,
        "in microseconds, a period is from 1000 to 1000000, and a quota 1000 at least"},
    Row{"unlink", EPERM, on_cgroup,
        "the files of a cgroup go with its directory: rmdir, not rm -r"},

    Row{"prctl", EPERM, raises_ambient,
        "{} must be permitted and inheritable before it can be ambient"},
    Row{"prctl", EPERM, not_root, kNeedsRoot},
    Row{"prctl", EPERM, drops_from_bounding_set,
        "this takes CAP_SETPCAP, which this process has not any more: shrink the bounding set "
        "first, "
        "then set the others"},
    Row{"prctl", EINVAL, drops_from_bounding_set,
        "this kernel has no such capability; /proc/sys/kernel/cap_last_cap has the number of its "
        "last one"},
    Row{"prctl", EINVAL, sets_no_new_privs, "its argument is 1: it cannot be taken back"},
    Row{"cap_from_text", EINVAL, always,
        "names with commas between them, then = and the letters of the sets, as in "
        "cap_chown,cap_kill=ep; no capability at all is ="},
    Row{"cap_set_proc", EPERM, effective_but_not_permitted,
        "effective is a part of permitted, and {} would be in the first alone: =ep, not =e"},
    Row{"cap_set_proc", EPERM, asks_for_more_than_permitted,
        "{}: not permitted to this process, and what was given up does not come back"},
    Row{"cap_set_proc", EPERM, always,
        "inheritable takes only what the bounding set has, or what is inheritable already"},
    Row{"execve", EPERM, program_has_capabilities,
        "the file has capabilities ({}) that the bounding set has not any more, and the kernel "
        "does "
        "not start it with fewer"},
    Row{"seccomp", EACCES, always,
        "without CAP_SYS_ADMIN, no_new_privs must be set first: else a set-user-ID program could "
        "be "
        "started under a filter that deceives it"},
    Row{"seccomp", EBUSY, always,
        "a filter of this process is being listened to already, and there can be one listener"},
    Row{"seccomp", EINVAL, always,
        "the kernel takes programs that only jump forwards, and return in the end; or it does not "
        "know the flags"},
    Row{"bpf", EPERM, not_root, kNeedsRoot},
    Row{"bpf", EPERM, always,
        "this takes CAP_SYS_ADMIN on the host: that of a user namespace will not do"},
    Row{"bpf", EBADF, attaches_program,
        "a program is attached to the open directory of a cgroup of version 2"},
    Row{"bpf", EINVAL, always,
        "this kernel does not take the program, or knows no programs of that type"},
    Row{"write", EPERM, sets_device_rule,
        "the cgroup above may not open that device itself, or this process has no CAP_SYS_ADMIN"},
    Row{"write", EINVAL, sets_device_rule,
        "a rule is a type, a number and what may be done: c 1:3 rwm; a stands for all"},
    Row{"open", EPERM, opens_device,
        "the device cgroup refuses {}, whatever the node's mode: see devices.list in version 1"},
    Row{"open", EACCES, opens_device,
        "the file system that the node lies on is mounted nodev: it opens no device"},

    Row{"write", ENOSPC, always, "the disk that the output goes to is full"},
    Row{"write", EPIPE, always, "whoever read the output has gone"},
};

std::string filled_in(std::string hint, const std::string& word) {
  for (size_t at = 0; (at = hint.find("{}", at)) != std::string::npos; at += word.size())
    hint.replace(at, 2, word);
  return hint;
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
