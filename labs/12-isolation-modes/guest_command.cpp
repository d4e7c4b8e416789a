#include "guest_command.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "frame_link.h"
#include "guest_setup.h"
#include "pipe.h"
#include "process.h"
#include "sys.h"

namespace lab {
namespace {

UniqueFd copy_of(const UniqueFd& fd) {
  UniqueFd copy(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 0));
  if (!copy) throw SyscallError({"fcntl", {fd.get(), Arg::literal("F_DUPFD_CLOEXEC")}}, errno);
  return copy;
}

// The command's ends of its streams.
struct Inside {
  UniqueFd in, out, err;
};

UniqueFd own_end(GuestCommand& command, UniqueFd GuestCommand::*end, UniqueFd fd) {
  make_nonblocking(fd.get());
  return std::exchange(command.*end, std::move(fd));
}

void add_input_pipe(GuestCommand& command, Inside& inside) {
  Pipe pipe;
  own_end(command, &GuestCommand::in, std::move(pipe.write_end));
  inside.in = std::move(pipe.read_end);
}

void add_output_pipe(GuestCommand& command, UniqueFd GuestCommand::*end, UniqueFd& inside) {
  Pipe pipe;
  own_end(command, end, std::move(pipe.read_end));
  inside = std::move(pipe.write_end);
}

void add_terminal(GuestCommand& command, Inside& inside, const WindowSize& size) {
  command.terminal = sys::open("/dev/ptmx", O_RDWR | O_NOCTTY);
  const int master = command.terminal.get();
  int number = 0, unlocked = 0;
  if (::ioctl(master, TIOCSPTLCK, &unlocked) == -1 || ::ioctl(master, TIOCGPTN, &number) == -1)
    throw SyscallError({"ioctl", {master, Arg::literal("TIOCGPTN")}}, errno);
  inside.in = sys::open("/dev/pts/" + std::to_string(number), O_RDWR | O_NOCTTY);
  inside.out = copy_of(inside.in);
  resize(command.terminal, size);
  own_end(command, &GuestCommand::in, copy_of(command.terminal));
  own_end(command, &GuestCommand::out, copy_of(command.terminal));
}

// What is said from now on goes to the trace, though the command's stderr is in place.
void say_on(const UniqueFd& trace) {
  stderr = ::fdopen(trace.get(), "w");
  std::setvbuf(stderr, nullptr, _IONBF, 0);
}

int run_inside(const GuestRequest& request, const Inside& inside, const sigset_t& mask) {
  ::sigprocmask(SIG_SETMASK, &mask, nullptr);
  ::setsid();
  if (request.terminal) ::ioctl(inside.in.get(), TIOCSCTTY, 0);
  ::dup2(inside.in.get(), STDIN_FILENO);
  ::dup2(inside.out.get(), STDOUT_FILENO);
  ::dup2(inside.err.get(), STDERR_FILENO);
  become_command(request);
  return EXIT_SUCCESS;  // the step "exec" was left out
}

}  // namespace

GuestCommand start_command(const GuestRequest& request, const sigset_t& mask) {
  GuestCommand command;
  Inside inside;
  if (request.terminal) {
    add_terminal(command, inside, *request.terminal);
  } else {
    add_input_pipe(command, inside);
    add_output_pipe(command, &GuestCommand::out, inside.out);
  }
  if (request.terminal && request.terminal_for_stderr) {
    inside.err = copy_of(inside.in);
  } else {
    add_output_pipe(command, &GuestCommand::err, inside.err);
  }
  Pipe trace;
  make_nonblocking(trace.read_end.get());
  Child child = fork_child([&] {
    say_on(trace.write_end);
    return run_inside(request, inside, mask);
  });
  command.pid = child.pid();
  child.release();
  command.trace = std::move(trace.read_end);
  return command;
}

void resize(const UniqueFd& terminal, const WindowSize& size) {
  winsize window{};
  window.ws_row = static_cast<unsigned short>(size.rows);
  window.ws_col = static_cast<unsigned short>(size.columns);
  ::ioctl(terminal.get(), TIOCSWINSZ, &window);
}

}  // namespace lab
