// Mistake: the filter knows the numbers of its own architecture, and lets the calls of another one
// pass: 32-bit x86 has the same calls under other numbers.
// fails: 32-bit calls are no way around the filter

#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sys/capability.h>

#include <cstddef>

#include "syscall_filter.h"

namespace lab {

Filter default_filter(const CapabilitySet& kept) {
  Filter filter{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_I386, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const Filter right = filter_against(groups_refused_to(kept), kept[CAP_SYS_ADMIN]);
  filter.insert(filter.end(), right.begin(), right.end());
  return filter;
}

}  // namespace lab
