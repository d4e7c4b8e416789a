#include "refused_calls.h"

#include <sched.h>
#include <sys/capability.h>
#include <sys/ioctl.h>

#include <algorithm>

namespace lab {
namespace {

constexpr int kNone = RefusedGroup::kNone;
// A part of CAP_SYS_ADMIN before Linux 5.8, and of what it permits still. Older headers have no names for them.
constexpr int kPerfmon = 38, kBpf = 39;  // CAP_PERFMON, CAP_BPF

// The kernel looks at the lower half of these arguments only: a filter that compared the whole
// would be passed by a bit in the upper half.
constexpr RefusedCall clone_with(std::uint64_t flag) {
  return {"clone", 0, 0, flag, flag};
}
constexpr RefusedCall ioctl_of(std::uint64_t request) {
  return {"ioctl", 0, 1, 0xffffffff, request};
}

}  // namespace

// clang-format off
const std::vector<RefusedGroup>& refused_groups() {
  static const std::vector<RefusedGroup> groups{
      {"what a container sees as its files is decided outside of it", CAP_SYS_ADMIN,
       {{"mount"}, {"umount"}, {"umount2"}, {"pivot_root"}, {"open_tree", 428}, {"move_mount", 429},
        {"fsopen", 430}, {"fsconfig", 431}, {"fsmount", 432}, {"fspick", 433},
        {"mount_setattr", 442}, {"open_tree_attr", 467}}},

      {"in a user namespace of one's own one has every capability, and reaches code that is for root",
       CAP_SYS_ADMIN,
       {{"unshare"}, {"setns"}, clone_with(CLONE_NEWUSER), clone_with(CLONE_NEWNS),
        clone_with(CLONE_NEWPID), clone_with(CLONE_NEWNET), clone_with(CLONE_NEWUTS),
        clone_with(CLONE_NEWIPC), clone_with(CLONE_NEWCGROUP)}},

      {"names, quotas and swap belong to the machine", CAP_SYS_ADMIN,
       {{"sethostname"}, {"setdomainname"}, {"quotactl"}, {"quotactl_fd", 443}, {"swapon"},
        {"swapoff"}}},

      {"it sees what others on the machine do", CAP_SYS_ADMIN,
       {{"fanotify_init"}, {"lookup_dcookie"}}},

      {"it counts and samples what others on the machine do", kPerfmon,
       {{"perf_event_open"}}},

      {"it puts a program into the kernel, where it sees what others do", kBpf,
       {{"bpf"}}},

      {"a module is code in the kernel, and the kernel is everyone's", CAP_SYS_MODULE,
       {{"init_module"}, {"finit_module"}, {"delete_module"}}},

      {"it ends the machine, or starts another kernel", CAP_SYS_BOOT,
       {{"reboot"}, {"kexec_load"}, {"kexec_file_load"}}},

      {"there is one clock, and all have it", CAP_SYS_TIME,
       {{"settimeofday"}, {"clock_settime"}, {"stime"}}},

      {"it reads or steers other processes; before Linux 4.8 it was a way past this filter, too",
       CAP_SYS_PTRACE,
       {{"ptrace"}, {"process_vm_readv"}, {"process_vm_writev"}, {"kcmp"}, {"pidfd_getfd", 438},
        {"process_madvise", 440}}},

      {"it opens a file by its number, past every directory and every root", CAP_DAC_READ_SEARCH,
       {{"open_by_handle_at"}}},

      {"it speaks to the hardware without the kernel", CAP_SYS_RAWIO,
       {{"ioperm"}, {"iopl"}}},

      {"the kernel's log tells addresses, and what happens in other containers", CAP_SYSLOG,
       {{"syslog"}}},

      {"it writes down every process of the machine", CAP_SYS_PACCT,
       {{"acct"}}},

      {"where memory lies, others feel too: a slow or full node is everyone's", CAP_SYS_NICE,
       {{"mbind"}, {"set_mempolicy"}, {"get_mempolicy"}, {"migrate_pages"}, {"move_pages"},
        {"set_mempolicy_home_node", 450}}},

      {"it takes a terminal away from all who have it", CAP_SYS_TTY_CONFIG,
       {{"vhangup"}}},

      {"what is put into the terminal as if typed, the caller's shell reads after the container",
       kNone,
       {ioctl_of(TIOCSTI), ioctl_of(TIOCLINUX)}},

      {"keyrings have no namespace: those of the host's user with the same uid are in reach", kNone,
       {{"add_key"}, {"request_key"}, {"keyctl"}}},

      {"it does other calls' work where no filter sees them, and has had many holes", kNone,
       {{"io_uring_setup", 425}, {"io_uring_enter", 426}, {"io_uring_register", 427}}},

      {"it halts the kernel in the middle of a call, for as long as an attack needs", kNone,
       {{"userfaultfd"}}},

      {"no program needs it any more, and what no one uses no one repairs", kNone,
       {{"_sysctl"}, {"sysfs"}, {"uselib"}, {"ustat"}, {"nfsservctl"}, {"vm86"}, {"vm86old"}}},
  };
  return groups;
}
// clang-format on

std::vector<RefusedGroup> groups_refused_to(const CapabilitySet& kept) {
  CapabilitySet permitting = kept;
  if (kept[CAP_SYS_ADMIN]) permitting.set(kPerfmon).set(kBpf);
  std::vector<RefusedGroup> refused;
  for (const RefusedGroup& group : refused_groups()) {
    const bool permitted =
        group.permitted_by != kNone && permitting[static_cast<size_t>(group.permitted_by)];
    if (!permitted) refused.push_back(group);
  }
  return refused;
}

std::string reason_to_refuse(const std::string& call) {
  for (const RefusedGroup& group : refused_groups()) {
    for (const RefusedCall& refused : group.calls) {
      if (call == refused.name) return group.reason;
    }
  }
  return "";
}

}  // namespace lab
