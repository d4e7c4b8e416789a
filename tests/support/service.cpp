#include "service.h"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstring>

#include "deadline.h"
#include "error.h"
#include "image.h"
#include "network.h"

namespace check {
namespace {

void check(int result, const char* call) {
  if (result == -1) throw lab::SyscallError({call, {}}, errno);
}

sockaddr_in ipv4(const std::string& address, int port) {
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(static_cast<uint16_t>(port));
  ::inet_pton(AF_INET, address.c_str(), &name.sin_addr);
  return name;
}

template <class Address>
const sockaddr* generic(const Address& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}
template <class Address>
sockaddr* generic(Address& address) {
  return reinterpret_cast<sockaddr*>(&address);
}

std::string caller_of(int connection) {
  sockaddr_in name{};
  socklen_t size = sizeof name;
  char text[INET_ADDRSTRLEN] = {};
  if (::getpeername(connection, generic(name), &size) == -1 || name.sin_family != AF_INET)
    return "";
  return ::inet_ntop(AF_INET, &name.sin_addr, text, sizeof text);
}

// What ends as it does here keeps nothing: a connection that waits for the other end's last word
// would hold on to its network namespace, and to the links in it, for a minute.
[[noreturn]] void serve(int listening, const std::string& word) {
  for (;;) {
    const lab::UniqueFd connection(::accept4(listening, nullptr, nullptr, SOCK_CLOEXEC));
    if (!connection) continue;
    const std::string answer = word + " " + caller_of(connection.get());
    ::send(connection.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
    ::shutdown(connection.get(), SHUT_WR);
    char rest = 0;
    while (::recv(connection.get(), &rest, 1, 0) > 0) {
    }
  }
}

void end_without_farewell(const lab::UniqueFd& socket) {
  const linger reset{1, 0};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
}

bool ready(const lab::UniqueFd& socket, short event, bool briefly) {
  pollfd waiting{socket.get(), event, 0};
  return ::poll(&waiting, 1, briefly ? 100 : static_cast<int>(patience().count())) == 1;
}

}  // namespace

void Service::listen_and_serve(const lab::UniqueFd& socket) {
  check(::listen(socket.get(), SOMAXCONN), "listen");
  word_ = random_token();
  server_ = lab::fork_child([&]() -> int {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    serve(socket.get(), word_);
  });
}

Service Service::tcp(const std::string& process, const std::string& address) {
  const InNetworkOf network(process);
  Service service;
  service.address_ = address;
  const lab::UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in name = ipv4(address, 0);
  socklen_t size = sizeof name;
  check(::bind(socket.get(), generic(name), size), "bind");
  check(::getsockname(socket.get(), generic(name), &size), "getsockname");
  service.port_ = ntohs(name.sin_port);
  service.listen_and_serve(socket);
  return service;
}

Service Service::abstract(const std::string& process) {
  const InNetworkOf network(process);
  Service service;
  service.name_ = random_token();
  const lab::UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  std::memcpy(name.sun_path + 1, service.name_.data(), service.name_.size());
  const size_t size = offsetof(sockaddr_un, sun_path) + 1 + service.name_.size();
  check(::bind(socket.get(), generic(name), static_cast<socklen_t>(size)), "bind");
  service.listen_and_serve(socket);
  return service;
}

std::string answer_to(const std::string& process, const Service& service, bool briefly) {
  const InNetworkOf network(process);
  const lab::UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const sockaddr_in name = ipv4(service.address(), service.port());
  if (::connect(socket.get(), generic(name), sizeof name) == -1 && errno != EINPROGRESS)
    return std::strerror(errno);
  end_without_farewell(socket);
  std::string answer;
  for (;;) {
    char part[256];
    if (!ready(socket, POLLIN, briefly)) return "no answer";
    const ssize_t size = ::recv(socket.get(), part, sizeof part, 0);
    if (size == -1) return std::strerror(errno);
    if (size == 0) return answer;
    answer.append(part, static_cast<size_t>(size));
  }
}

}  // namespace check
