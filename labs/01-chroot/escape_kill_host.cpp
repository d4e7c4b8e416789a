// Ends a process of the host: a root directory of one's own changes nothing about pids.
// Works in 01; 02 closes it, where the pids of the host mean nothing.
//
//   /escape PID     exit status 0: escaped, 1: held

#include <csignal>
#include <cstdio>
#include <cstdlib>

int main(int argc, char** argv) {
  const pid_t victim = argc > 1 ? std::atoi(argv[1]) : 0;
  if (victim <= 1) {
    std::fputs("usage: /escape PID\n", stderr);
    return 1;
  }
  if (kill(victim, SIGTERM) == -1) {
    std::perror("held: kill");
    return 1;
  }
  std::printf("escaped: sent SIGTERM to process %d of the host\n", victim);
  return 0;
}
