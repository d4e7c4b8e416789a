// The command that the checks run inside a lab: static, so that it runs in any image. Its stdin is
// a socket of the checks; each message on it is a request, and is answered with what was seen from
// inside. Who answers, the kernel tells (SCM_CREDENTIALS): the checks find the probe's pid that
// way.
//
//   /probe                 says "ready", serves requests until the socket is closed
//   /probe exit STATUS     ends at once
//   /probe is-null FD      ends at once, with 0 where that descriptor is /dev/null
//   /probe is-user UID     ends at once, with 0 where that is its effective one
//
// The requests are the tables at the end of probe_process.cpp, probe_files.cpp,
// probe_network.cpp, probe_ipc.cpp, probe_privileges.cpp and probe_user.cpp.

#include "probe.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cstdlib>

namespace probe {
namespace {

bool is_null_device(int fd) {
  struct stat status {};
  return fstat(fd, &status) == 0 && S_ISCHR(status.st_mode) && status.st_rdev == makedev(1, 3);
}

std::string answer(std::istringstream request) {
  const std::string name = next_word(request);
  for (const auto* verbs :
       {&process_verbs, &file_verbs, &network_verbs, &ipc_verbs, &privilege_verbs, &user_verbs}) {
    for (const Verb& verb : *verbs) {
      if (name == verb.name) return verb.answer(request);
    }
  }
  return "unknown request " + name;
}

}  // namespace

void say(const std::string& message) {
  send(STDIN_FILENO, message.data(), message.size(), 0);
}

}  // namespace probe

int main(int argc, char** argv) {
  const std::string how = argc == 3 ? argv[1] : "";
  if (how == "exit") return std::atoi(argv[2]);
  if (how == "is-user") return geteuid() == static_cast<uid_t>(std::atoi(argv[2])) ? 0 : 1;
  if (how == "is-null") return probe::is_null_device(std::atoi(argv[2])) ? 0 : 1;
  probe::say("ready");
  for (;;) {
    char request[4096];
    const ssize_t size = recv(STDIN_FILENO, request, sizeof request, 0);
    if (size == -1 && errno == EINTR) continue;
    if (size <= 0) return EXIT_SUCCESS;
    probe::end_forks();
    const std::string text =
        probe::answer(std::istringstream(std::string(request, static_cast<size_t>(size))));
    if (!text.empty()) probe::say(text);
  }
}
