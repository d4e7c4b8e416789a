// Talks to a service of the host over an abstract unix(7) socket: its name is no file, so that no
// mount and no root directory hides it. Works in 01 to 04; 05 closes it: such names belong to the
// network namespace.
//
//   /escape NAME              inside; exit status 0: escaped, 1: held
//   escape-abstract-socket    outside: the service; prints its name, and ends with its stdin

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <string>

#include "host_service.h"

int main(int argc, char** argv) {
  const std::string name = argc > 1 ? argv[1] : "lab-service-" + std::to_string(getpid());
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path + 1, name.c_str(), sizeof address.sun_path - 2);  // [0] stays NUL
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  auto* const generic = reinterpret_cast<sockaddr*>(&address);

  const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  if (argc > 1) return attack(fd, generic, size);

  if (bind(fd, generic, size) == -1) {
    std::perror("bind");
    return 1;
  }
  std::printf("%s\n", name.c_str());
  return serve(fd);
}
