#include "refusal_log.h"

#include <fmt/core.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string>

#include "error.h"
#include "procfs.h"
#include "refused_calls.h"
#include "step.h"

namespace lab {
namespace {

// A message of one byte that carries a descriptor: unix(7), SCM_RIGHTS.
struct Parcel {
  char byte = 0;
  iovec part{&byte, 1};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};

  Parcel() {
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
  }
};

void send_descriptor(int socket, int fd) {
  Parcel parcel;
  cmsghdr* const header = CMSG_FIRSTHDR(&parcel.message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof fd);
  std::memcpy(CMSG_DATA(header), &fd, sizeof fd);
  if (::sendmsg(socket, &parcel.message, MSG_NOSIGNAL) == -1)
    throw SyscallError({"sendmsg", {socket, Arg::literal("SCM_RIGHTS")}}, errno);
}

// Empty where the other end was closed before one came.
UniqueFd receive_descriptor(int socket) {
  Parcel parcel;
  while (::recvmsg(socket, &parcel.message, MSG_CMSG_CLOEXEC) == -1) {
    if (errno != EINTR) return {};
  }
  const cmsghdr* const header = CMSG_FIRSTHDR(&parcel.message);
  if (header == nullptr || header->cmsg_type != SCM_RIGHTS) return {};
  int fd = -1;
  std::memcpy(&fd, CMSG_DATA(header), sizeof fd);
  return UniqueFd(fd);
}

#ifdef SECCOMP_IOCTL_NOTIF_RECV  // not in the headers of Ubuntu 18.04, nor in its kernel

void tell_refusal(const seccomp_notif& asked) {
  char* const found = ::seccomp_syscall_resolve_num_arch(asked.data.arch, asked.data.nr);
  const std::string call = found == nullptr ? std::to_string(asked.data.nr) : found;
  std::free(found);
  std::string name = read_file(fmt::format("/proc/{}/comm", asked.pid));
  name = name.substr(0, name.find('\n'));
  // Quoted: the name is the container's to choose, and the terminal is the caller's.
  say(fmt::format("refused: {}(2) by pid {} ({}): {}\n", call, asked.pid, lab::quoted(name),
                  reason_to_refuse(call)));
}

// Answers until the last process that has the filter has ended, or this one is killed.
void answer(const UniqueFd& listener) {
  for (;;) {
    pollfd asked_of{listener.get(), POLLIN, 0};
    if (::poll(&asked_of, 1, -1) == -1 && errno == EINTR) continue;
    if ((asked_of.revents & POLLIN) == 0) return;  // POLLHUP: no one has the filter any more
    seccomp_notif asked{};
    if (::ioctl(listener.get(), SECCOMP_IOCTL_NOTIF_RECV, &asked) == -1) {
      if (errno == EINTR || errno == ENOENT) continue;  // ENOENT: the caller was killed meanwhile
      return;
    }
    tell_refusal(asked);
    seccomp_notif_resp refusal{};
    refusal.id = asked.id;
    refusal.error = -EPERM;
    ::ioctl(listener.get(), SECCOMP_IOCTL_NOTIF_SEND, &refusal);
  }
}

#else

void answer(const UniqueFd& /*listener*/) {}

#endif

}  // namespace

RefusalLog::RefusalLog() {
  int ends[2] = {};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == -1)
    throw SyscallError({"socketpair", {}}, errno);
  to_teller_.reset(ends[0]);
  from_container_.reset(ends[1]);
  if (listing()) return;
  const pid_t lab = ::getpid();
  teller_ = fork_child([&] {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != lab) return EXIT_FAILURE;  // it ended before the call above
    // These are for the container: as long as it lives, someone has to answer.
    for (const int signal : {SIGINT, SIGQUIT, SIGHUP, SIGTERM}) std::signal(signal, SIG_IGN);
    to_teller_.reset();
    if (const UniqueFd listener = receive_descriptor(from_container_.get())) answer(listener);
    return EXIT_SUCCESS;
  });
  from_container_.reset();
}

void RefusalLog::hand_over(UniqueFd listener) {
  if (listener)
    send_descriptor(to_teller_.get(), listener.get());
  else
    say("--seccomp-log: this kernel is older than Linux 5.0, and tells in its own log what is "
        "refused: dmesg | grep 'type=1326'\n");
  to_teller_.reset();
}

}  // namespace lab
