// Talks to a service that listens on the host's 127.0.0.1, and so trusts whoever reaches it.
// Works in 01 to 04; 05 closes it, where 127.0.0.1 is the container's own.
//
//   /escape PORT            inside; exit status 0: escaped, 1: held
//   escape-host-loopback    outside: the service; prints its port, and ends with its stdin

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

#include "host_service.h"

static sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  return address;
}

int main(int argc, char** argv) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = loopback(argc > 1 ? std::atoi(argv[1]) : 0);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  if (argc > 1) return attack(fd, generic, size);

  if (bind(fd, generic, size) == -1 || getsockname(fd, generic, &size) == -1) {
    std::perror("bind");
    return 1;
  }
  std::printf("%d\n", ntohs(address.sin_port));
  return serve(fd);
}
