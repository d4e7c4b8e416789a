// A fork bomb with an end: as many processes as can be had, up to N. The host's other users would
// find no room. Works in 01 to 05; 06 closes it, with --pids.
//
//   /escape [N]     default 600; exit status 0: had them all, 1: held

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <vector>

int main(int argc, char** argv) {
  const int most = argc > 1 ? std::atoi(argv[1]) : 600;
  if (most < 1 || most > 10000) {
    std::fputs("usage: /escape [N]     N from 1 to 10000\n", stderr);
    return 1;
  }

  std::vector<pid_t> children;
  for (int n = 0; n < most; ++n) {
    const pid_t pid = fork();
    if (pid == -1) {
      std::perror("fork");
      break;
    }
    if (pid == 0) {
      pause();
      _exit(0);
    }
    children.push_back(pid);
  }
  for (const pid_t pid : children) kill(pid, SIGKILL);
  for (const pid_t pid : children) waitpid(pid, nullptr, 0);

  const int had = static_cast<int>(children.size());
  std::printf("%s: had %d of %d processes\n", had == most ? "escaped" : "held", had, most);
  return had == most ? 0 : 1;
}
