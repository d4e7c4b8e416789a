// Reads a System V shared memory segment of the host, shmget(2): its key is a number, no file, so that
// no mount hides it. Works in 01 to 07; 08 closes it: keys belong to the IPC namespace.
//
//   /escape                               inside; exit status 0: escaped, 1: held
//   escape-host-shm SECRET COMMAND...     outside: puts SECRET into a segment, and becomes COMMAND.
//                                         The segment stays: run it in an IPC namespace that goes,
//                                         `unshare --ipc escape-host-shm ...`

#include <sys/ipc.h>
#include <sys/shm.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstring>

namespace {

// An attacker who does not know the key goes through all segments: /proc/sysvipc/shm lists them.
constexpr key_t kKey = 0x1ab;
constexpr size_t kSize = 256;

char* segment(int flags, int how) {
  const int id = shmget(kKey, kSize, flags);
  if (id == -1) return nullptr;
  void* memory = shmat(id, nullptr, how);
  return reinterpret_cast<intptr_t>(memory) == -1 ? nullptr : static_cast<char*>(memory);
}

int become_host(char** arguments) {
  char* memory = segment(IPC_CREAT | IPC_EXCL | 0600, 0);
  if (memory == nullptr) {
    std::perror("shmget");
    return 125;
  }
  std::strncpy(memory, arguments[0], kSize - 1);
  execvp(arguments[1], arguments + 1);
  std::perror(arguments[1]);
  return 125;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 2) return become_host(argv + 1);

  const char* memory = segment(0, SHM_RDONLY);
  if (memory == nullptr) {
    std::perror("held: shmget");
    return 1;
  }
  std::printf("escaped: a segment of the host says: %.*s\n", static_cast<int>(kSize), memory);
  return 0;
}
