// The two ends of the attacks on a service of the host: the service itself, and who talks to it.
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdio>

// Answers each connection until stdin ends, and says "reached" on stdout: who looks on from the host
// need not believe the attacker. `fd` is bound.
inline int serve(int fd) {
  if (listen(fd, 8) == -1) {
    std::perror("listen");
    return 1;
  }
  std::fflush(stdout);
  pollfd ready[] = {{fd, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
  while (poll(ready, 2, -1) > 0 && ready[1].revents == 0) {
    const int client = accept(fd, nullptr, nullptr);
    if (client == -1) continue;
    dprintf(client, "the host's secret\n");
    close(client);
    std::puts("reached");
    std::fflush(stdout);
  }
  return 0;
}

// Connects, and prints what the service says. Returns the exit status of the escape.
inline int attack(int fd, const sockaddr* address, socklen_t size) {
  const timeval second{1, 0};  // a loopback that is down may answer nothing at all
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &second, sizeof second);
  if (connect(fd, address, size) == -1) {
    std::perror("held: connect");
    return 1;
  }
  char text[256];
  const ssize_t length = read(fd, text, sizeof text - 1);
  if (length <= 0) {
    std::puts("held: the service says nothing");
    return 1;
  }
  text[length] = '\0';
  std::printf("escaped: a service of the host says: %s", text);
  return 0;
}
