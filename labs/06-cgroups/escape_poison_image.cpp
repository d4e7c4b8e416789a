// Leaves something behind for the next container: a program in the image that it will run.
// Works in every lab up to 06, which write to the image itself; 07 closes it, where the image is a
// read-only layer.
//
//   /escape WORD     makes /bin/date print WORD; exit status 0: written, 1: held. Whether it was the
//                    image, the next container tells: its /bin/date prints WORD, or the date.

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>

int main(int argc, char** argv) {
  const char* program = "/bin/date";
  // Often a link to a program that has many names: a new file in its place leaves the others be.
  unlink(program);
  std::FILE* script = std::fopen(program, "w");
  if (script == nullptr) {
    std::perror("held: /bin/date");
    return 1;
  }
  std::fprintf(script, "#!/bin/sh\necho %s\n", argc > 1 ? argv[1] : "poisoned");
  if (std::fclose(script) != 0 || chmod(program, 0755) == -1) {
    std::perror("held: /bin/date");
    return 1;
  }
  std::puts("wrote /bin/date; what does the next container find there?");
  return 0;
}
