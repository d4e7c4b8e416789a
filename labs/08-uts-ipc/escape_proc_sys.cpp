// Changes a setting of the kernel, and there is one kernel for all: /proc/sys belongs to the host's
// root, whichever /proc it is reached by. Works in 01 to 08. 09 closes it: its root is another user to
// the host. So does 10 without a user namespace: there /proc/sys is read-only.
//
//   /escape     makes vm.swappiness one more, or one less: a matter of taste that breaks nothing.
//               Exit status 0: written (look for it on the host, and put it back), 1: held
//
// An attacker writes kernel.randomize_va_space, kernel.modprobe, fs.protected_symlinks, ...

#include <cstdio>

#include "own_proc.h"

int main() {
  need_proc();
  const char* setting = "/proc/sys/vm/swappiness";
  int before = 0;
  std::FILE* file = std::fopen(setting, "r");
  if (file == nullptr || std::fscanf(file, "%d", &before) != 1) {
    std::perror("held: reading /proc/sys/vm/swappiness");
    return 1;
  }
  std::fclose(file);

  file = std::fopen(setting, "w");
  if (file == nullptr) {
    std::perror("held: open(/proc/sys/vm/swappiness)");
    return 1;
  }
  const int after = before ^ 1;
  std::fprintf(file, "%d\n", after);
  if (std::fclose(file) != 0) {
    std::perror("held: write(/proc/sys/vm/swappiness)");
    return 1;
  }
  std::printf("wrote vm.swappiness: it was %d, and is %d; does the host see it?\n", before, after);
  return 0;
}
