#include "syscall_filter.h"

#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/capability.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <memory>

#include "error.h"
#include "procfs.h"
#include "step.h"
#include "sys.h"

namespace lab {
namespace {

constexpr RefusedCall kClone3{"clone3", 435};

// By number: the headers of Ubuntu 18.04 have them not.
constexpr unsigned kFlagLog = 2, kFlagNewListener = 8;
constexpr std::uint32_t kAskListener = 0x7fc00000;  // SECCOMP_RET_USER_NOTIF

using Rules = std::unique_ptr<void, void (*)(scmp_filter_ctx)>;

void check(int result, const std::string& what) {
  if (result < 0) throw Error("libseccomp: " + what + ": " + std::strerror(-result), "");
}

// Too new for this libseccomp.
bool has_no_name(const RefusedCall& call) {
  return ::seccomp_syscall_resolve_name(call.name) == __NR_SCMP_ERROR;
}

void add_rule(const Rules& rules, std::uint32_t answer, const RefusedCall& call) {
  if (has_no_name(call)) return;  // see newest_told_apart()
  const int number = ::seccomp_syscall_resolve_name(call.name);
  const scmp_arg_cmp bits{call.argument, SCMP_CMP_MASKED_EQ, call.mask, call.value};
  check(::seccomp_rule_add_array(rules.get(), answer, number, call.mask == 0 ? 0 : 1, &bits),
        call.name);
}

// Numbers above this one are for calls that no one has looked at, or that libseccomp has no name for
// yet, so that they cannot be told apart.
int newest_told_apart(const std::vector<RefusedGroup>& refused) {
  int newest = has_no_name(kClone3) ? kClone3.number - 1 : kNewestKnownCall;
  for (const RefusedGroup& group : refused) {
    for (const RefusedCall& call : group.calls) {
      if (call.number > 0 && has_no_name(call)) newest = std::min(newest, call.number - 1);
    }
  }
  return newest;
}

Filter compiled(const Rules& rules) {
  const UniqueFd file(::memfd_create("filter", MFD_CLOEXEC));  // libseccomp hands it out by a file
  check(::seccomp_export_bpf(rules.get(), file.get()), "seccomp_export_bpf");
  ::lseek(file.get(), 0, SEEK_SET);
  const std::string bytes = read_to_end(file.get());
  Filter filter(bytes.size() / sizeof(sock_filter));
  std::memcpy(filter.data(), bytes.data(), bytes.size());
  return filter;
}

// libseccomp has rules for single calls only. These four instructions come before its own.
Filter after_the_newest(int newest, const Filter& rest) {
  constexpr std::uint32_t kSkippedByTracer = ~0U;  // ptrace(2) took the call away: no call at all
  Filter filter{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, static_cast<std::uint32_t>(newest), 0, 2),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kSkippedByTracer, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
  };
  filter.insert(filter.end(), rest.begin(), rest.end());
  return filter;
}

bool kernel_asks() {
  std::uint32_t action = kAskListener;
  return ::syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

// The same filter, but where it says EPERM.
Filter asking(Filter filter) {
  for (sock_filter& instruction : filter) {
    const bool refuses =
        instruction.code == (BPF_RET | BPF_K) && instruction.k == (SECCOMP_RET_ERRNO | EPERM);
    if (refuses) instruction.k = kAskListener;
  }
  return filter;
}

}  // namespace

Filter filter_against(const std::vector<RefusedGroup>& refused, bool namespaces_allowed) {
  const Rules rules(::seccomp_init(SCMP_ACT_ALLOW), ::seccomp_release);
  if (!rules) throw Error("libseccomp: seccomp_init failed", "");
  // Another architecture of the same processor, such as 32-bit x86, has the same calls under other
  // numbers, and would be a way around all of this.
  check(::seccomp_attr_set(rules.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(ENOSYS)),
        "architectures");
  for (const RefusedGroup& group : refused) {
    for (const RefusedCall& call : group.calls) add_rule(rules, SCMP_ACT_ERRNO(EPERM), call);
  }
  // Its flags are in memory, where a filter cannot look, and could be changed after a look. To an
  // older kernel's answer every program is prepared: it takes clone(2), whose flags can be seen.
  if (!namespaces_allowed) add_rule(rules, SCMP_ACT_ERRNO(ENOSYS), kClone3);
  return after_the_newest(newest_told_apart(refused), compiled(rules));
}

Filter default_filter(const CapabilitySet& kept) {
  return filter_against(groups_refused_to(kept), kept[CAP_SYS_ADMIN]);
}

UniqueFd install_filter(const Filter& filter, bool told) {
  UniqueFd listener;
  step("install-filter", "from here on the kernel refuses the calls of the list, whoever asks",
       [&] {
         if (told && kernel_asks())
           listener = sys::seccomp(kFlagNewListener, asking(filter));
         else
           sys::seccomp(told ? kFlagLog : 0, filter);
       });
  return listener;
}

}  // namespace lab
