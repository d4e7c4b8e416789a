// Loads code into the kernel, which is the host's: who may do that, may do everything. Works in 01 to
// 08. 09 closes it: init_module(2) asks for CAP_SYS_MODULE in the first user namespace. So does 10
// without one: it drops the capability.
//
//   /escape     exit status 0: escaped, 1: held
//
// What it hands over is no module, and the kernel says so, ENOEXEC, once it has found that the caller
// may load one: nothing is loaded. An attacker brings a module for this kernel.

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

int main() {
  char module[] = "not a module";
  syscall(SYS_init_module, module, sizeof module, "");
  if (errno != ENOEXEC) {
    std::perror("held: init_module");
    return 1;
  }
  std::puts("escaped: init_module(2) finds fault with the module only, not with who loads it");
  return 0;
}
