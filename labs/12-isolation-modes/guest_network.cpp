#include "guest_network.h"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <net/if.h>
#include <net/route.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "host_files.h"  // lab 05
#include "ipv4.h"
#include "step.h"
#include "unique_fd.h"

namespace lab {
namespace {

std::string hint(int error) {
  if (error == ENETUNREACH)
    return "the gateway is on no network of this machine: is eth0 up, with its address?";
  if (error == ENODEV)
    return "the guest's kernel found no such card: has it the driver virtio_net?";
  return "";
}

// One request on any socket of the network; `shown` is how --explain tells it.
template <class Request>
void ask_kernel(unsigned long code, const char* name, Request& request, const std::string& shown) {
  const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const Call call{"ioctl", {socket.get(), Arg::literal(name), Arg::literal(shown)}};
  const int result = ::ioctl(socket.get(), code, &request);
  const int error = result == -1 ? errno : 0;
  tell_call(call, result, error);
  if (error != 0)
    throw Error(fmt::format("{}: {}", call.text(), std::strerror(error)), hint(error));
}

sockaddr socket_address(uint32_t address) {
  sockaddr_in internet{};
  internet.sin_family = AF_INET;
  internet.sin_addr.s_addr = htonl(address);
  sockaddr any{};
  std::memcpy(&any, &internet, sizeof any);
  return any;
}

ifreq link_request(const char* link) {
  ifreq request{};
  std::strncpy(request.ifr_name, link, IFNAMSIZ - 1);
  return request;
}

void bring_up(const char* link) {
  ifreq request = link_request(link);
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  ask_kernel(SIOCSIFFLAGS, "SIOCSIFFLAGS", request, std::string(link) + ", IFF_UP");
}

void give_address(const char* link, const Ipv4& address) {
  ifreq request = link_request(link);
  request.ifr_addr = socket_address(address.address);
  ask_kernel(SIOCSIFADDR, "SIOCSIFADDR", request, std::string(link) + ", " + address.dotted());
  const Ipv4 mask{address.mask(), 32};
  request.ifr_netmask = socket_address(mask.address);
  ask_kernel(SIOCSIFNETMASK, "SIOCSIFNETMASK", request, std::string(link) + ", " + mask.dotted());
}

void add_default_route(const Ipv4& gateway) {
  rtentry route{};
  route.rt_dst = route.rt_genmask = socket_address(0);
  route.rt_gateway = socket_address(gateway.address);
  route.rt_flags = RTF_UP | RTF_GATEWAY;
  ask_kernel(SIOCADDRT, "SIOCADDRT", route, "default via " + gateway.dotted());
}

}  // namespace

void set_up_guest_network(const GuestRequest& request) {
  const auto address = parse_ipv4(request.address);
  const auto gateway = parse_ipv4(request.gateway);
  step("guest-lo-up", "the loopback of a new kernel is down, as that of a new namespace is",
       [] { bring_up("lo"); });
  if (address || listing()) {
    step("guest-eth0", "its network card, which QEMU plays, gets its address and is brought up",
         [&] {
           give_address("eth0", *address);
           bring_up("eth0");
         });
    step("guest-route", "what is for no network of its own goes to the host's bridge",
         [&] { add_default_route(gateway.value_or(Ipv4{})); });
  }
  bind_host_files(address.value_or(Ipv4{0x7f000001, 8}), request.nameservers);  // 127.0.0.1
}

}  // namespace lab
