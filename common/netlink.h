// rtnetlink(7) sockets over libmnl: what is sent is told by --explain and checked. The messages
// themselves belong to the lab that teaches them.
#pragma once

#include <libmnl/libmnl.h>

#include <array>
#include <cstdint>
#include <functional>
#include <string>

#include "unique_fd.h"

namespace lab {

/// A message under construction: the netlink header, then the family's own header, then attributes
/// (libmnl's mnl_attr_put_* on header()).
class NetlinkMessage {
 public:
  /// `type` is RTM_*, `flags` NLM_F_*; NLM_F_REQUEST and NLM_F_ACK are added.
  NetlinkMessage(uint16_t type, uint16_t flags);

  /// Puts the family's own header, all zero: struct ifinfomsg, ifaddrmsg, rtmsg. Comes first.
  template <class Header>
  Header& put() {
    return *static_cast<Header*>(mnl_nlmsg_put_extra_header(header(), sizeof(Header)));
  }

  nlmsghdr* header() { return reinterpret_cast<nlmsghdr*>(buffer_.data()); }
  const nlmsghdr* header() const { return reinterpret_cast<const nlmsghdr*>(buffer_.data()); }

 private:
  alignas(nlmsghdr) std::array<char, 1024> buffer_{};  // the largest here takes some 150 bytes
};

/// A socket to the kernel's network configuration. It belongs to the network namespace that it was
/// opened in, wherever the process goes afterwards; it is closed by execve(2).
class Netlink {
 public:
  Netlink();
  Netlink(const Netlink&) = delete;
  Netlink& operator=(const Netlink&) = delete;
  ~Netlink() { mnl_socket_close(socket_); }

  using OnReply = std::function<void(const nlmsghdr&)>;

  /// Sends `message`, gives each message of the answer to `on_reply` (may be empty), and waits for
  /// the kernel's verdict. Errors: SyscallError, with the kernel's own words where it has some.
  void request(NetlinkMessage& message, const OnReply& on_reply = {});

 private:
  int wait_for_verdict(uint32_t sequence, const OnReply& on_reply, std::string& kernel_says);

  mnl_socket* socket_;
  uint32_t sequence_ = 0;
};

}  // namespace lab
