#include "process.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>

#include "capture.h"
#include "error.h"
#include "exec.h"

namespace {

[[noreturn]] void stay() {
  for (;;) ::pause();
}

bool is_open(int fd) {
  return ::fcntl(fd, F_GETFD) != -1;
}

const std::vector<std::string> kPath{"PATH=/usr/bin:/bin"};

Captured exec(const std::vector<std::string>& command, const std::vector<std::string>& env) {
  return capture([&] {
    lab::exec_command(command, env);
    return EXIT_SUCCESS;
  });
}

}  // namespace

TEST_CASE("a child's exit status, as a shell has it") {
  CHECK(lab::fork_child([] { return 0; }).wait() == 0);
  CHECK(lab::fork_child([] { return 42; }).wait() == 42);
  lab::Child child = lab::fork_child([]() -> int { stay(); });
  ::kill(child.pid(), SIGTERM);
  CHECK(child.wait() == 128 + SIGTERM);
}

TEST_CASE("what a child's body throws is told, and becomes its exit status") {
  const Captured told = capture(
      [] { return lab::fork_child([]() -> int { throw lab::Error("oh", "", 126); }).wait(); });
  CHECK(told.status == 126);
  CHECK(told.err == "oh\n");
}

TEST_CASE("a child that no one waited for is killed and reaped") {
  pid_t pid = 0;
  {
    const lab::Child child = lab::fork_child([]() -> int { stay(); });
    pid = child.pid();
  }
  CHECK(::kill(pid, 0) == -1);
  CHECK(errno == ESRCH);
}

TEST_CASE("a child that moves takes its process along") {
  lab::Child first = lab::fork_child([]() -> int { stay(); });
  const pid_t pid = first.pid();
  lab::Child second = std::move(first);
  CHECK(second.pid() == pid);
  CHECK(::kill(pid, 0) == 0);
  second = lab::Child();
  CHECK(::kill(pid, 0) == -1);
}

TEST_CASE("ended() does not wait") {
  int status = -1;
  lab::Child child = lab::fork_child([]() -> int { stay(); });
  CHECK_FALSE(child.ended(status));
  ::kill(child.pid(), SIGKILL);
  while (!child.ended(status)) {
  }
  CHECK(status == 128 + SIGKILL);
}

TEST_CASE("the gate holds a child back until it is opened") {
  int done[2];
  REQUIRE(::pipe2(done, O_CLOEXEC | O_NONBLOCK) == 0);
  lab::StartGate gate;
  lab::Child child = lab::fork_child([&] {
    gate.wait();
    return ::write(done[1], "x", 1) == 1 ? EXIT_SUCCESS : EXIT_FAILURE;
  });
  char byte = 0;
  CHECK(::read(done[0], &byte, 1) == -1);
  gate.open();
  CHECK(child.wait() == 0);
  CHECK(::read(done[0], &byte, 1) == 1);
  ::close(done[0]);
  ::close(done[1]);
}

TEST_CASE("a parent that ends without opening the gate ends the child") {
  int verdict[2];
  REQUIRE(::pipe2(verdict, O_CLOEXEC) == 0);
  lab::Child parent = lab::fork_child([&] {
    lab::StartGate gate;
    lab::Child child = lab::fork_child([&] {
      int status = EXIT_SUCCESS;
      try {
        gate.wait();
      } catch (const lab::Error&) {
        status = lab::kLabFailed;
      }
      return ::write(verdict[1], &status, sizeof status) == sizeof status ? EXIT_SUCCESS
                                                                          : EXIT_FAILURE;
    });
    child.release();  // as SIGKILL would leave it
    return EXIT_SUCCESS;
  });
  CHECK(parent.wait() == 0);
  int status = 0;
  CHECK(::read(verdict[0], &status, sizeof status) == sizeof status);
  CHECK(status == lab::kLabFailed);
  ::close(verdict[0]);
  ::close(verdict[1]);
}

TEST_CASE("the gate asks no one where the fork was left out") {
  lab::StartGate gate;
  gate.wait();
  gate.check_parent();
}

TEST_CASE("a descriptor closes itself, once") {
  int raw = ::dup(STDERR_FILENO);
  {
    const lab::UniqueFd fd(raw);
    CHECK(is_open(raw));
  }
  CHECK_FALSE(is_open(raw));

  raw = ::dup(STDERR_FILENO);
  lab::UniqueFd first(raw);
  lab::UniqueFd second(std::move(first));
  CHECK(second.get() == raw);
  second = lab::UniqueFd();
  CHECK_FALSE(is_open(raw));
}

TEST_CASE("a command is looked up in the PATH that it will have") {
  CHECK(exec({"sh", "-c", "exit 3"}, kPath).status == 3);
  CHECK(exec({"/bin/sh", "-c", "exit 4"}, {}).status == 4);
  CHECK(exec({"sh"}, {"PATH=/nowhere"}).status == 127);
  CHECK(exec({"sh"}, {}).status == 127);
  CHECK(exec({"/bin/sh", "-c", "echo $A"}, {"A=b"}).out == "b\n");
}

TEST_CASE("a command that cannot be executed gives 126, one that is missing 127") {
  CHECK(exec({"/etc/passwd"}, kPath).status == 126);
  CHECK(exec({"/etc"}, kPath).status == 126);
  CHECK(exec({"/no/such"}, kPath).status == 127);
  CHECK(exec({"/etc/passwd/x"}, kPath).status == 126);
}
