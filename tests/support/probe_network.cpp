// What the probe sees of its network, and whom it reaches. No wait is longer than kPatience.

#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <fstream>

#include "probe.h"

namespace probe {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
constexpr milliseconds kPatience(1500);  // less than the checks have with their shortest deadline

class Socket {
 public:
  Socket(int family, int type, int protocol = 0)
      : fd_(socket(family, type | SOCK_CLOEXEC, protocol)) {}
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() { close(fd_); }
  int get() const { return fd_; }

 private:
  int fd_;
};

sockaddr_in ip_address(const std::string& text, long port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  inet_pton(AF_INET, text.c_str(), &address.sin_addr);
  return address;
}

const sockaddr* generic(const sockaddr_in& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

bool comes(int fd, short event, steady_clock::time_point deadline) {
  pollfd wanted{fd, event, 0};
  const auto left =
      std::chrono::duration_cast<milliseconds>(deadline - steady_clock::now()).count();
  return poll(&wanted, 1, static_cast<int>(std::max<long>(left, 0))) == 1;
}

// A child answers each connection with a word, until the probe ends.
std::string serve(int listener, const std::string& word) {
  if (listen(listener, 16) == -1) return outcome(-1);
  const pid_t pid = fork();
  if (pid != 0) return outcome(pid);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  close(STDIN_FILENO);
  for (;;) {
    const int connection = accept(listener, nullptr, nullptr);
    if (connection == -1) continue;
    send(connection, word.data(), word.size(), MSG_NOSIGNAL);
    close(connection);
  }
}

std::string listen_tcp(std::istringstream& words) {
  const sockaddr_in address = ip_address("0.0.0.0", next_number(words));
  const Socket listener(AF_INET, SOCK_STREAM);
  const int on = 1;
  setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(listener.get(), generic(address), sizeof address) == -1) return outcome(-1);
  return serve(listener.get(), next_word(words));
}

// What a service says, up to the end of the connection.
std::string word_from(int connection, steady_clock::time_point deadline) {
  std::string word;
  char part[256];
  for (;;) {
    if (!comes(connection, POLLIN, deadline)) return "timeout";
    const ssize_t size = recv(connection, part, sizeof part, 0);
    if (size == -1) return outcome(-1);
    if (size == 0) return "ok " + word;
    word.append(part, static_cast<size_t>(size));
  }
}

std::string connect_tcp(std::istringstream& words) {
  const auto deadline = steady_clock::now() + kPatience;
  const std::string host = next_word(words);
  const sockaddr_in address = ip_address(host, next_number(words));
  const Socket connection(AF_INET, SOCK_STREAM | SOCK_NONBLOCK);
  if (connect(connection.get(), generic(address), sizeof address) == -1) {
    if (errno != EINPROGRESS) return outcome(-1);
    if (!comes(connection.get(), POLLOUT, deadline)) return "timeout";
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(connection.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return std::strerror(error);
  }
  return word_from(connection.get(), deadline);
}

// A name that begins with a zero byte is abstract, unix(7): of the network namespace, not of a file
// system.
sockaddr_un abstract_address(const std::string& name, socklen_t& size) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  name.copy(address.sun_path + 1, sizeof address.sun_path - 1);
  size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  return address;
}

std::string listen_abstract(std::istringstream& words) {
  socklen_t size = 0;
  const sockaddr_un address = abstract_address(next_word(words), size);
  const Socket listener(AF_UNIX, SOCK_STREAM);
  if (bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), size) == -1)
    return outcome(-1);
  return serve(listener.get(), next_word(words));
}

std::string connect_abstract(std::istringstream& words) {
  socklen_t size = 0;
  const sockaddr_un address = abstract_address(next_word(words), size);
  const Socket connection(AF_UNIX, SOCK_STREAM);
  if (connect(connection.get(), reinterpret_cast<const sockaddr*>(&address), size) == -1)
    return outcome(-1);
  return word_from(connection.get(), steady_clock::now() + kPatience);
}

uint16_t internet_checksum(const icmphdr& header) {
  uint16_t parts[sizeof header / 2];
  std::memcpy(parts, &header, sizeof header);
  uint32_t sum = 0;
  for (const uint16_t part : parts) sum += part;
  sum = (sum >> 16) + (sum & 0xffff);
  return static_cast<uint16_t>(~(sum + (sum >> 16)));
}

// The reply has the request's number; a raw socket also gets what is for others.
bool is_reply(const char* packet, ssize_t size, const icmphdr& request) {
  const size_t header_size = static_cast<size_t>(packet[0] & 0x0f) * 4;
  if (static_cast<size_t>(size) < header_size + sizeof(icmphdr)) return false;
  icmphdr reply{};
  std::memcpy(&reply, packet + header_size, sizeof reply);
  return reply.type == ICMP_ECHOREPLY && reply.un.echo.id == request.un.echo.id;
}

std::string ping(std::istringstream& words) {
  const auto deadline = steady_clock::now() + kPatience;
  const sockaddr_in address = ip_address(next_word(words), 0);
  const Socket socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
  icmphdr request{};
  request.type = ICMP_ECHO;
  request.un.echo.id = static_cast<uint16_t>(steady_clock::now().time_since_epoch().count());
  request.checksum = internet_checksum(request);
  if (sendto(socket.get(), &request, sizeof request, 0, generic(address), sizeof address) == -1)
    return outcome(-1);
  while (comes(socket.get(), POLLIN, deadline)) {
    char packet[1500];
    const ssize_t size = recv(socket.get(), packet, sizeof packet, 0);
    if (size == -1) return outcome(-1);
    if (size > 0 && is_reply(packet, size, request)) return "ok";
  }
  return "timeout";
}

ifreq request_about(const std::string& link) {
  ifreq request{};
  link.copy(request.ifr_name, IFNAMSIZ - 1);
  return request;
}

std::string links(std::istringstream&) {
  const Socket socket(AF_INET, SOCK_DGRAM);
  std::string text;
  struct if_nameindex* all = if_nameindex();
  for (struct if_nameindex* link = all; link != nullptr && link->if_index != 0; ++link) {
    ifreq request = request_about(link->if_name);
    ioctl(socket.get(), SIOCGIFFLAGS, &request);
    text += (text.empty() ? "" : " ") + std::string(link->if_name) +
            ((request.ifr_flags & IFF_UP) != 0 ? ":up" : ":down");
  }
  if (all != nullptr) if_freenameindex(all);
  return text;
}

uint32_t address_in(const sockaddr& generic_address) {
  sockaddr_in address{};
  std::memcpy(&address, &generic_address, sizeof address);
  return ntohl(address.sin_addr.s_addr);
}

std::string dotted(uint32_t address) {
  const in_addr in_network_order{htonl(address)};
  char text[INET_ADDRSTRLEN];
  return inet_ntop(AF_INET, &in_network_order, text, sizeof text);
}

std::string address_of(std::istringstream& words) {
  const Socket socket(AF_INET, SOCK_DGRAM);
  ifreq address = request_about(next_word(words)), mask = address;
  if (ioctl(socket.get(), SIOCGIFADDR, &address) == -1 ||
      ioctl(socket.get(), SIOCGIFNETMASK, &mask) == -1)
    return outcome(-1);
  return dotted(address_in(address.ifr_addr)) + "/" +
         std::to_string(__builtin_popcount(address_in(mask.ifr_netmask)));
}

// Interface, destination, gateway, …: addresses in hexadecimal, in network order.
std::string default_route(std::istringstream&) {
  std::ifstream table("/proc/net/route");
  for (std::string line; std::getline(table, line);) {
    std::istringstream fields(line);
    std::string link, destination, gateway;
    fields >> link >> destination >> gateway;
    if (destination != "00000000") continue;
    return dotted(ntohl(static_cast<uint32_t>(std::stoul(gateway, nullptr, 16)))) + " " + link;
  }
  return "none";
}

std::string resolve(std::istringstream& words) {
  const std::string wanted = next_word(words);
  std::ifstream hosts("/etc/hosts");
  for (std::string line; std::getline(hosts, line);) {
    std::istringstream fields(line.substr(0, line.find('#')));
    std::string address = next_word(fields);
    for (std::string name; fields >> name;) {
      if (name == wanted) return address;
    }
  }
  return "none";
}

}  // namespace

const std::vector<Verb> network_verbs{
    {"listen-tcp", listen_tcp},              // PORT WORD
    {"connect-tcp", connect_tcp},            // ADDRESS PORT: "ok WORD", a reason, or "timeout"
    {"listen-abstract", listen_abstract},    // NAME WORD
    {"connect-abstract", connect_abstract},  // NAME: "ok WORD" or a reason
    {"ping", ping},                          // ADDRESS: "ok", a reason, or "timeout"
    {"links", links},                        // "lo:up eth0:up"
    {"address", address_of},                 // LINK: "10.77.0.2/24"
    {"route", default_route},                // "10.77.0.1 eth0", or "none"
    {"resolve", resolve},                    // NAME: its address in /etc/hosts, or "none"
};

}  // namespace probe
