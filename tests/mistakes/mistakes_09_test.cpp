#include <doctest/doctest.h>
#include <fcntl.h>
#include <grp.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <functional>
#include <string>
#include <tuple>

#include "mistake.h"
#include "process.h"
#include "sys.h"

namespace {

namespace sys = lab::sys;

// In a user namespace whose maps a process outside has written: `uids` and `gids`, where not empty.
std::function<void()> in_namespace(const std::string& uids, const std::string& gids,
                                   const std::function<void()>& mistake) {
  return [=] {
    const pid_t self = ::getpid();
    lab::Child writer;
    int ends[2] = {};
    REQUIRE(::pipe(ends) == 0);
    writer = lab::fork_child([&] {
      char byte = 0;
      if (::read(ends[0], &byte, 1) != 1) return EXIT_FAILURE;
      const std::string proc = "/proc/" + std::to_string(self) + "/";
      if (!uids.empty()) sys::write_file(proc + "uid_map", uids);
      if (!gids.empty()) sys::write_file(proc + "gid_map", gids);
      return EXIT_SUCCESS;
    });
    sys::unshare(CLONE_NEWUSER);
    REQUIRE(::write(ends[1], "", 1) == 1);
    REQUIRE(writer.wait() == EXIT_SUCCESS);
    mistake();
  };
}

const std::string kRange = "0 100000 65536\n";

}  // namespace

TEST_CASE("09: a map is written twice, or for a process that is in no namespace of its own") {
  expect(EPERM, "written before", in_namespace("", "", [] {
           sys::write_file("/proc/self/uid_map", "0 0 1");
           sys::write_file("/proc/self/uid_map", "1 1 1");
         }));
  expect(EPERM, "in the host's user namespace",
         [] { sys::write_file("/proc/self/uid_map", kRange); });
}

TEST_CASE("09: ranges that are none") {
  for (const char* map : {"0 100000 0", "0 100000", "0 100000 10\n5 200000 10", "root 0 1"}) {
    expect(EINVAL, "INSIDE OUTSIDE COUNT",
           in_namespace("", "", [=] { sys::write_file("/proc/self/uid_map", map); }));
  }
}

TEST_CASE("09: an ordinary user's maps") {
  expect(EPERM, "setgroups first", [] {
    become_nobody();
    REQUIRE(::prctl(PR_SET_DUMPABLE, 1) == 0);
    sys::unshare(CLONE_NEWUSER);
    sys::write_file("/proc/self/uid_map", "0 65534 1");
    sys::write_file("/proc/self/gid_map", "0 65534 1");
  });
  expect(EPERM, "own id alone", [] {
    become_nobody();
    REQUIRE(::prctl(PR_SET_DUMPABLE, 1) == 0);
    sys::unshare(CLONE_NEWUSER);
    sys::write_file("/proc/self/uid_map", "0 100000 1");
  });
}

TEST_CASE("09: ids that have no place") {
  expect(EINVAL, "the id 0 has no place", in_namespace("", "", [] { sys::setresuid(0, 0, 0); }));
  expect(EINVAL, "the id 70000 has no place",
         in_namespace(kRange, kRange, [] { sys::setresgid(70000, 70000, 70000); }));
  expect(EINVAL, "the id 70000 has no place", in_namespace(kRange, kRange, [] {
           sys::setresuid(0, 0, 0);
           sys::unshare(CLONE_NEWNS);
           sys::mount("own", "/tmp", "tmpfs", 0);
           sys::chown("/tmp", 70000, 0);
         }));
}

TEST_CASE("09: something is made before becoming root") {
  expect(EOVERFLOW, "become uid 0", in_namespace(kRange, kRange, [] {
           sys::unshare(CLONE_NEWNS);
           sys::mount("own", "/tmp", "tmpfs", 0);
           sys::chdir("/tmp");
           sys::mkdir("made", 0755);
         }));
  expect(EOVERFLOW, "own gid", in_namespace(kRange, kRange, [] {
           sys::setresuid(0, 0, 0);
           sys::unshare(CLONE_NEWNS);
           sys::mount("own", "/tmp", "tmpfs", 0);
           sys::chdir("/tmp");
           sys::mkdir("made", 0755);
         }));
}

TEST_CASE("09: groups before their map, or where they are denied") {
  expect(EPERM, "not written yet", in_namespace(kRange, "", [] { sys::setgroups({}); }));
  expect(EPERM, "is denied", in_namespace("", "", [] {
           sys::write_file("/proc/self/setgroups", "deny");
           sys::write_file("/proc/self/gid_map", "0 0 1");
           sys::setgroups({});
         }));
}

TEST_CASE("09: a device node in a user namespace") {
  expect(EPERM, "bind the host's own", in_namespace(kRange, kRange, [] {
           sys::setresgid(0, 0, 0);
           sys::setresuid(0, 0, 0);
           sys::unshare(CLONE_NEWNS);
           sys::mount("own", "/tmp", "tmpfs", 0);
           sys::chdir("/tmp");
           sys::mknod("null", S_IFCHR | 0666, makedev(1, 3));
         }));
}

TEST_CASE("09: the other namespaces are made before the user namespace") {
  for (const auto& [flag, type, kind] : {std::tuple{CLONE_NEWPID, "proc", "pid"},
                                         {CLONE_NEWNET, "sysfs", "net"},
                                         {CLONE_NEWIPC, "mqueue", "ipc"}}) {
    const std::string cause = std::string("this process's ") + kind + " namespace belongs";
    expect(EPERM, cause, [flag = flag, type = type] {
      sys::unshare(flag);
      in_namespace(kRange, kRange, [=] {
        sys::setresuid(0, 0, 0);
        sys::unshare(CLONE_NEWNS);
        sys::mount(type, "/tmp", type, 0);
      })();
    });
  }
}
