#include <doctest/doctest.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>

#include "mistake.h"
#include "process.h"
#include "sys.h"

namespace sys = lab::sys;

namespace {

lab::UniqueFd own(const std::string& kind) {
  return sys::open("/proc/self/ns/" + kind, O_RDONLY);
}

}  // namespace

TEST_CASE("11: not root") {
  expect(EPERM, "sudo", [] {
    const lab::UniqueFd network = own("net");
    become_nobody();
    sys::setns(network.get(), CLONE_NEWNET);
  });
}

TEST_CASE("11: a descriptor of another kind, of no namespace, or closed") {
  expect(EINVAL, "it takes CLONE_NEWUTS", [] { sys::setns(own("uts").get(), CLONE_NEWIPC); });
  expect(EINVAL, "/tmp is no namespace",
         [] { sys::setns(sys::open("/tmp", O_RDONLY).get(), CLONE_NEWNET); });
  expect(EBADF, "not open", [] { sys::setns(999, CLONE_NEWNET); });
}

TEST_CASE("11: the user namespace that one is in already") {
  expect(EINVAL, "already", [] { sys::setns(own("user").get(), CLONE_NEWUSER); });
}

TEST_CASE("11: a PID namespace above one's own") {
  expect(EINVAL, "below its own only", [] {
    const lab::UniqueFd above = own("pid");
    sys::unshare(CLONE_NEWPID);
    lab::Child inside = lab::fork_child([&] {
      sys::setns(above.get(), CLONE_NEWPID);
      return EXIT_SUCCESS;
    });
    // The failure was the child's: make it this process's.
    if (inside.wait() != EXIT_SUCCESS)
      throw lab::SyscallError({"setns", {above.get(), lab::Arg::literal("CLONE_NEWPID")}}, EINVAL);
  });
}

TEST_CASE("11: a namespace before the user namespace that it belongs to") {
  expect(EPERM, "enter that one first", [] {
    become_nobody();
    ::prctl(PR_SET_DUMPABLE, 1);  // a change of user takes it, and with it the own child's files
    int ends[2] = {};
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    const lab::UniqueFd ready(ends[0]);
    lab::UniqueFd tell(ends[1]);
    const lab::Child apart = lab::fork_child([&] {
      sys::unshare(CLONE_NEWUSER | CLONE_NEWUTS);
      sys::write(tell.get(), "x");
      for (;;) ::pause();
      return EXIT_SUCCESS;
    });
    tell.reset();
    char byte = 0;
    REQUIRE(::read(ready.get(), &byte, 1) == 1);
    const std::string file = "/proc/" + std::to_string(apart.pid()) + "/ns/uts";
    sys::setns(sys::open(file, O_RDONLY).get(), CLONE_NEWUTS);
  });
}

TEST_CASE("11: the files of the host after the mount namespace was entered") {
  expect(ENOENT, "open what is needed from the host first", [] {
    become_root();
    sys::umount2("/proc", MNT_DETACH);
    sys::open("/proc/1/ns/net", O_RDONLY);
  });
}

TEST_CASE("11: a container whose first process has ended") {
  expect(ENOMEM, "PID 1 of the new namespace", [] {
    sys::unshare(CLONE_NEWPID);
    lab::fork_child([] { return EXIT_SUCCESS; }).wait();
    sys::fork();
  });
}
