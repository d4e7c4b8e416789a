#include "tap.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <linux/if_link.h>
#include <linux/if_tun.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/ioctl.h>

#include <cerrno>
#include <cstring>

#include "links.h"  // lab 05
#include "step.h"
#include "sys.h"

namespace lab {
namespace {

// A number in place of %d is the kernel's: one that is free at this moment.
constexpr const char* kName = "tap-lab%d";

std::string make_tap(int file) {
  ifreq request{};
  std::strncpy(request.ifr_name, kName, sizeof request.ifr_name - 1);
  request.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR;
  const Call call{
      "ioctl",
      {file, Arg::literal("TUNSETIFF"),
       Arg::literal(fmt::format("{{{}, IFF_TAP|IFF_NO_PI|IFF_VNET_HDR}}", quoted(kName)))}};
  const int result = ::ioctl(file, TUNSETIFF, &request);
  const int error = result == -1 ? errno : 0;
  tell_call(call, result, error);
  if (error != 0) throw SyscallError(call, error);
  return request.ifr_name;
}

void plug_in(const std::string& tap, const std::string& bridge) {
  Netlink host;
  NetlinkMessage message(RTM_NEWLINK, 0);
  auto& link = message.put<ifinfomsg>();
  link.ifi_index = static_cast<int>(get_link(host, tap).index);
  link.ifi_flags = IFF_UP;
  link.ifi_change = IFF_UP;
  mnl_attr_put_u32(message.header(), IFLA_GROUP, kLabGroup);
  mnl_attr_put_u32(message.header(), IFLA_MASTER, get_link(host, bridge).index);
  host.request(message);
}

}  // namespace

UniqueFd plug_tap(const std::string& bridge) {
  UniqueFd file;
  std::string tap;
  step("make-tap", "a cable whose far end is a file: QEMU reads and writes the packets there", [&] {
    file = sys::open("/dev/net/tun", O_RDWR);
    tap = make_tap(file.get());
  });
  step("plug-tap", "its near end goes into the bridge, beside the containers' cables", [&] {
    if (!tap.empty()) plug_in(tap, bridge);
  });
  return file;
}

std::string hardware_address(const Ipv4& address) {
  const auto byte = [&](int n) { return address.address >> (8 * n) & 0xff; };
  return fmt::format("02:4c:{:02x}:{:02x}:{:02x}:{:02x}", byte(3), byte(2), byte(1), byte(0));
}

}  // namespace lab
