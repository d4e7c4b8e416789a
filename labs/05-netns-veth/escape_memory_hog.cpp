// Takes memory, MiB by MiB, up to an end: what it takes the host's other users do not have.
// Works in 01 to 05; 06 closes it, with --memory.
//
//   /escape [MIB]     default 256; exit status 0: had it all, 1: held

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

constexpr size_t kMib = size_t{1024} * 1024;

// The kernel gives a page when it is written to, not before. `taken` is shared with the parent.
void take(int most, volatile int* taken) {
  for (int n = 0; n < most; ++n) {
    void* memory = mmap(nullptr, kMib, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return;
    std::memset(memory, 1, kMib);
    *taken = n + 1;
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int most = argc > 1 ? std::atoi(argv[1]) : 256;
  if (most < 1 || most > 4096) {
    std::fputs("usage: /escape [MIB]     MIB from 1 to 4096\n", stderr);
    return 1;
  }
  void* shared =
      mmap(nullptr, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) {
    std::perror("held: mmap");
    return 1;
  }
  volatile int* taken = static_cast<int*>(shared);

  // A child takes it: whoever is killed cannot tell.
  const pid_t pid = fork();
  if (pid == -1) {
    std::perror("held: fork");
    return 1;
  }
  if (pid == 0) {
    take(most, taken);
    _exit(0);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  if (WIFSIGNALED(status)) std::printf("killed by signal %d\n", WTERMSIG(status));
  std::printf("%s: had %d of %d MiB\n", *taken == most ? "escaped" : "held", *taken, most);
  return *taken == most ? 0 : 1;
}
