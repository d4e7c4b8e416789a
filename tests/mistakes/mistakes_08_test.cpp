#include <doctest/doctest.h>
#include <sys/mount.h>

#include <cerrno>
#include <string>

#include "mistake.h"
#include "sys.h"

namespace sys = lab::sys;

TEST_CASE("08: a host name that is too long") {
  expect(EINVAL, "this one has 65", [] {
    sys::unshare(CLONE_NEWUTS);
    sys::sethostname(std::string(65, 'a'));
  });
}

TEST_CASE("08: not root") {
  expect(EPERM, "sudo", [] {
    become_nobody();
    sys::sethostname("lab");
  });
  expect(EPERM, "sudo", [] {
    become_nobody();
    sys::unshare(CLONE_NEWIPC);
  });
}

TEST_CASE("08: the host name in a user namespace whose own UTS namespace was not unshared") {
  expect(EPERM, "unshare it first", [] {
    sys::unshare(CLONE_NEWUSER);
    sys::sethostname("lab");
  });
}

TEST_CASE("08: /dev/mqueue is not there, or the type has another name") {
  expect(ENOENT, "make the directory", [] { sys::mount("mqueue", "mqueue", "mqueue", 0); });
  expect(ENODEV, "/proc/filesystems", [] {
    make_directories({"mqueue"});
    sys::mount("mqueue", "mqueue", "mqueuefs", 0);
  });
}
