// Renames the machine: the hostname is one for all, until a container has a UTS namespace of its own.
// Works in 01 to 07; 08 closes it.
//
//   /escape [NAME]     default lab-escape; exit status 0: renamed (`uname -n` on the host tells
//                      whether it was the host), 1: held

#include <unistd.h>

#include <cstdio>
#include <cstring>

int main(int argc, char** argv) {
  const char* name = argc > 1 ? argv[1] : "lab-escape";
  if (sethostname(name, std::strlen(name)) == -1) {
    std::perror("held: sethostname");
    return 1;
  }
  std::printf("renamed the machine to %s; does the host see it?\n", name);
  return 0;
}
