#include <doctest/doctest.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "error.h"
#include "mistake.h"
#include "process.h"
#include "sys.h"

namespace sys = lab::sys;

TEST_CASE("02: the first child has ended, and no other can be made") {
  expect(ENOMEM, "PID 1", [] {
    sys::unshare(CLONE_NEWPID);
    lab::fork_child([] { return 0; }).wait();
    lab::fork_child([] { return 0; }).wait();
  });
}

TEST_CASE("02: a PID namespace asked for twice") {
  expect(EINVAL, "only once", [] {
    sys::unshare(CLONE_NEWPID);
    sys::unshare(CLONE_NEWPID);
  });
}

TEST_CASE("02: the flags of clone, given to unshare") {
  expect(EINVAL, "0x11 is no namespace flag", [] { sys::unshare(CLONE_NEWPID | SIGCHLD); });
}

TEST_CASE("02: a pid of the host, used inside") {
  const pid_t host_pid = ::getpid();
  REQUIRE(host_pid > 2);
  expect(ESRCH, "PID namespace", [=] {
    sys::unshare(CLONE_NEWPID);
    int status[2] = {};
    REQUIRE(::pipe(status) == 0);
    lab::Child inside = lab::fork_child([&] {
      const int error = ::kill(host_pid, 0) == -1 ? errno : 0;
      return ::write(status[1], &error, sizeof error) > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    });
    inside.wait();
    int error = 0;
    REQUIRE(::read(status[0], &error, sizeof error) == sizeof error);
    throw lab::SyscallError({"kill", {host_pid, lab::Arg::literal("0")}}, error);
  });
}

TEST_CASE("02 and 03: not root") {
  for (const int flag : {CLONE_NEWPID, CLONE_NEWNS}) {
    expect(EPERM, "sudo", [=] {
      become_nobody();
      sys::unshare(flag);
    });
  }
  expect(EPERM, "sudo", [] {
    become_nobody();
    sys::mount("proc", "/tmp", "proc", 0);
  });
}
