// The command that the checks run inside a lab: static, so that it runs in any image. Its stdin is
// a socket of the checks; each message on it is a request, and is answered with what was seen from
// inside. Who answers, the kernel tells (SCM_CREDENTIALS): the checks find the probe's pid that
// way. No socket leads into a virtual machine: where stdin is none, a request is a line on it, and
// the answer goes to stdout, with a NUL at its end; within it, line breaks stand for NULs.
//
//   /probe                 says "ready", serves requests until stdin is at its end
//   /probe exit STATUS     ends at once
//   /probe sleep SECONDS   ends with 0 after that time
//   /probe copy STATUS     copies stdin to stdout up to the end, says so on stderr, and ends
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

#include <algorithm>
#include <cstdlib>

namespace probe {
namespace {

bool has_socket() {
  struct stat status {};
  return fstat(STDIN_FILENO, &status) == 0 && S_ISSOCK(status.st_mode);
}

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

// A message, or a line; false where there will be none any more.
bool next_request(std::string& request) {
  request.clear();
  for (;;) {
    char part[4096];
    const ssize_t size = read(STDIN_FILENO, part, has_socket() ? sizeof part : 1);
    if (size == -1 && errno == EINTR) continue;
    if (size <= 0) return false;
    if (has_socket()) {
      request.assign(part, static_cast<size_t>(size));
      return true;
    }
    if (part[0] == '\n') return true;
    request += part[0];
  }
}

int copy(int status) {
  char part[65536];
  long copied = 0;
  for (ssize_t size = 0; (size = read(STDIN_FILENO, part, sizeof part)) > 0; copied += size) {
    for (ssize_t done = 0, now = 0; done < size; done += now) {
      now = write(STDOUT_FILENO, part + done, static_cast<size_t>(size - done));
      if (now == -1) return EXIT_FAILURE;
    }
  }
  const std::string end = "copied " + std::to_string(copied);
  return write(STDERR_FILENO, end.data(), end.size()) == -1 ? EXIT_FAILURE : status;
}

}  // namespace

void say(const std::string& message) {
  if (has_socket()) {
    send(STDIN_FILENO, message.data(), message.size(), 0);
    return;
  }
  std::string line = message;
  std::replace(line.begin(), line.end(), '\0', '\n');
  if (write(STDOUT_FILENO, line.c_str(), line.size() + 1) == -1) _exit(EXIT_FAILURE);
}

}  // namespace probe

int main(int argc, char** argv) {
  const std::string how = argc == 3 ? argv[1] : "";
  if (how == "exit") return std::atoi(argv[2]);
  if (how == "is-user") return geteuid() == static_cast<uid_t>(std::atoi(argv[2])) ? 0 : 1;
  if (how == "is-null") return probe::is_null_device(std::atoi(argv[2])) ? 0 : 1;
  if (how == "sleep") return static_cast<int>(sleep(static_cast<unsigned>(std::atoi(argv[2]))));
  if (how == "copy") return probe::copy(std::atoi(argv[2]));
  probe::say("ready");
  for (std::string request; probe::next_request(request);) {
    probe::end_forks();
    const std::string text = probe::answer(std::istringstream(request));
    if (!text.empty()) probe::say(text);
  }
}
