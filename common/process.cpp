#include "process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <utility>

#include "error.h"
#include "step.h"
#include "sys.h"

namespace lab {
namespace {

bool is_forked_child = false;

}  // namespace

void open_standard_descriptors() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (::fcntl(fd, F_GETFD) != -1 || errno != EBADF) continue;
    if (::open("/dev/null", O_RDWR) != fd) ::_exit(kLabFailed);
  }
}

int exit_status_from_wait(int wait_status) {
  return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

Child::Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}

Child& Child::operator=(Child&& other) noexcept {
  if (this != &other) {
    kill_and_reap();
    pid_ = std::exchange(other.pid_, -1);
  }
  return *this;
}

Child::~Child() {
  kill_and_reap();
}

int Child::wait() {
  if (pid_ <= 0) return EXIT_SUCCESS;
  return exit_status_from_wait(sys::waitpid(std::exchange(pid_, -1), 0).status);
}

bool Child::ended(int& exit_status) {
  exit_status = EXIT_SUCCESS;
  if (pid_ <= 0) return true;
  const sys::Waited waited = sys::waitpid(pid_, WNOHANG);
  if (waited.pid == 0) return false;
  pid_ = -1;
  exit_status = exit_status_from_wait(waited.status);
  return true;
}

void Child::kill_and_reap() noexcept {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) == -1 && errno == EINTR) {
  }
  pid_ = -1;
}

Child fork_child(const std::function<int()>& body) {
  if (listing()) {
    body();
    return {};
  }
  const pid_t pid = sys::fork();
  if (pid == 0) {
    is_forked_child = true;
    ::_exit(exit_status_of(body));
  }
  return Child(pid);
}

void StartGate::open() {
  if (::write(pipe_.write_end.get(), "", 1) != 1)
    throw SyscallError({"write", {pipe_.write_end.get()}}, errno);
}

void StartGate::wait() {
  if (!is_forked_child) return;
  pipe_.write_end.reset();  // only the parent holds it now, so its end is seen as a hang-up
  char byte = 0;
  while (::read(pipe_.read_end.get(), &byte, 1) == -1 && errno == EINTR) {
  }
  check_parent();
}

void StartGate::check_parent() const {
  if (!is_forked_child) return;
  pollfd parent{pipe_.read_end.get(), 0, 0};
  if (::poll(&parent, 1, 0) == 1) throw Error("the lab ended before the command was started", "");
}

}  // namespace lab
