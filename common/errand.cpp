#include "errand.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "error.h"

namespace lab {
namespace {

// False where the other end is closed.
bool read_byte(const UniqueFd& end) {
  char byte = 0;
  ssize_t got = 0;
  while ((got = ::read(end.get(), &byte, 1)) == -1 && errno == EINTR) {
  }
  return got == 1;
}

// Without SIGPIPE where the other end is closed: whoever reads next finds that out.
void write_byte(const UniqueFd& end) {
  ::send(end.get(), "", 1, MSG_NOSIGNAL);
}

}  // namespace

Errand::Errand(std::function<void(pid_t)> deed) : deed_(std::move(deed)), parent_(::getpid()) {
  int ends[2] = {};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == -1)
    throw SyscallError({"socketpair", {}}, errno);
  childs_end_.reset(ends[0]);
  parents_end_.reset(ends[1]);
}

void Errand::ask() {
  if (::getpid() == parent_) {
    deed_(parent_);
    return;
  }
  parents_end_.reset();
  write_byte(childs_end_);
  if (!read_byte(childs_end_)) throw Error("the lab ended before the command was started", "");
  childs_end_.reset();
}

void Errand::serve(const Child& child) {
  if (!child) return;
  childs_end_.reset();
  if (!read_byte(parents_end_)) return;
  deed_(child.pid());
  write_byte(parents_end_);
}

}  // namespace lab
