// Gives the kernel an order as from the machine's own keyboard: /proc/sysrq-trigger takes one letter.
// Works in 01 to 08. 09 closes it: the file belongs to the host's root. So does 10 without a user
// namespace: there it is read-only.
//
//   /escape     sends h, at which the kernel lists its orders in its log, and nothing else.
//               Exit status 0: escaped, 1: held
//
// An attacker sends b: the machine restarts at once; or c: it crashes.

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

#include "../08-uts-ipc/own_proc.h"

int main() {
  need_proc();
  const int fd = open("/proc/sysrq-trigger", O_WRONLY);
  if (fd == -1) {
    std::perror("held: open(/proc/sysrq-trigger)");
    return 1;
  }
  if (write(fd, "h", 1) == -1) {
    std::perror("held: write(/proc/sysrq-trigger)");
    return 1;
  }
  std::puts("escaped: the kernel took the order; `dmesg` on the host shows what it answered");
  return 0;
}
