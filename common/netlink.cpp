#include "netlink.h"

#include <linux/netlink.h>
#include <sys/socket.h>

#include <cerrno>

#include "error.h"
#include "netlink_text.h"
#include "step.h"

namespace lab {
namespace {

// What the kernel adds to an errno since 4.12: netlink(7), NETLINK_EXT_ACK.
std::string words_of(const nlmsghdr& answer) {
  std::string words;
  if ((answer.nlmsg_flags & NLM_F_ACK_TLVS) == 0) return words;
  const auto read_attribute = [](const nlattr* attribute, void* data) {
    if (mnl_attr_get_type(attribute) == NLMSGERR_ATTR_MSG)
      *static_cast<std::string*>(data) = mnl_attr_get_str(attribute);
    return MNL_CB_OK;
  };
  mnl_attr_parse(&answer, sizeof(nlmsgerr), read_attribute, &words);
  return words;
}

}  // namespace

NetlinkMessage::NetlinkMessage(uint16_t type, uint16_t flags) {
  nlmsghdr* const message = mnl_nlmsg_put_header(buffer_.data());
  message->nlmsg_type = type;
  message->nlmsg_flags = static_cast<uint16_t>(flags | NLM_F_REQUEST | NLM_F_ACK);
}

Netlink::Netlink() : socket_(mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC)) {
  const Call call{"socket",
                  {Arg::literal("AF_NETLINK"), Arg::literal("SOCK_RAW|SOCK_CLOEXEC"),
                   Arg::literal("NETLINK_ROUTE")}};
  const int error = socket_ == nullptr ? errno : 0;
  tell_call(call, socket_ == nullptr ? -1 : mnl_socket_get_fd(socket_), error);
  if (socket_ == nullptr) throw SyscallError(call, error);
  int on = 1;
  for (const int option : {NETLINK_EXT_ACK, NETLINK_CAP_ACK})  // nice to have
    mnl_socket_setsockopt(socket_, option, &on, sizeof on);
}

void Netlink::request(NetlinkMessage& message, const OnReply& on_reply) {
  if (listing()) return;
  message.header()->nlmsg_seq = ++sequence_;
  std::string kernel_says;
  int error = 0;
  if (mnl_socket_sendto(socket_, message.header(), message.header()->nlmsg_len) == -1) {
    error = errno;
  } else {
    error = wait_for_verdict(sequence_, on_reply, kernel_says);
  }
  if (error == 0 && !telling()) return;  // taking a message apart is work
  const Call call = netlink_call(mnl_socket_get_fd(socket_), *message.header());
  tell_call(call, error == 0 ? 0 : -1, error);
  if (!kernel_says.empty()) tell("the kernel says", kernel_says);
  if (error != 0) throw SyscallError(call, error, kLabFailed, kernel_says);
}

int Netlink::wait_for_verdict(uint32_t sequence, const OnReply& on_reply,
                              std::string& kernel_says) {
  alignas(nlmsghdr) char buffer[32768];  // a dump's parts are as large as that
  for (;;) {
    const ssize_t size = mnl_socket_recvfrom(socket_, buffer, sizeof buffer);
    if (size == -1 && errno == EINTR) continue;
    if (size == -1) return errno;
    int left = static_cast<int>(size);
    for (auto* answer = reinterpret_cast<const nlmsghdr*>(buffer); mnl_nlmsg_ok(answer, left);
         answer = mnl_nlmsg_next(answer, &left)) {
      if (answer->nlmsg_seq != sequence) continue;
      if (answer->nlmsg_type == NLMSG_DONE) return 0;
      if (answer->nlmsg_type == NLMSG_ERROR) {
        kernel_says = words_of(*answer);
        return -static_cast<const nlmsgerr*>(mnl_nlmsg_get_payload(answer))->error;
      }
      if (on_reply) on_reply(*answer);
    }
  }
}

}  // namespace lab
