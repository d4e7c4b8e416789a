#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/mount.h>

#include <cerrno>

#include "mistake.h"
#include "sys.h"
#include "unique_fd.h"

namespace sys = lab::sys;

TEST_CASE("03: MS_PRIVATE together with what does not go with it") {
  expect(EINVAL, "one of them at a time",
         [] { sys::mount(nullptr, "/", nullptr, MS_PRIVATE | MS_SLAVE); });
  expect(EINVAL, "MS_RDONLY needs a mount(2) of its own",
         [] { sys::mount(nullptr, "/", nullptr, MS_PRIVATE | MS_RDONLY); });
}

TEST_CASE("03: a change of propagation on what is no mount point") {
  expect(EINVAL, "not a mount point", [] {
    make_directories({"plain"});
    sys::mount(nullptr, "plain", nullptr, MS_PRIVATE);
  });
  expect(EINVAL, "not a mount point", [] {
    make_directories({"plain"});
    sys::mount(nullptr, "plain", nullptr, MS_REMOUNT | MS_RDONLY);
  });
}

TEST_CASE("03: without /proc nothing is said about mount points") {
  const Told told = told_of([] {
    make_directories({"image/plain"});
    sys::chroot("image");
    sys::chdir("/");
    sys::mount(nullptr, "plain", nullptr, MS_PRIVATE);
  });
  CHECK(told.error == EINVAL);
  CHECK(told.hint == "");
}

TEST_CASE("03: MS_BIND forgotten, an option misspelt, a file open for writing") {
  expect(EINVAL, "MS_BIND is missing", [] {
    make_directories({"root"});
    sys::mount("root", "root", nullptr, MS_REC);
  });
  expect(EINVAL, "option in \"mode=755,sise=64k\"", [] {
    make_directories({"target"});
    sys::mount("x", "target", "tmpfs", 0, "mode=755,sise=64k");
  });
  expect(EBUSY, "open for writing", [] {
    const lab::UniqueFd open(::open("file", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    REQUIRE(open.get() >= 0);
    sys::mount(nullptr, "/tmp", nullptr, MS_REMOUNT | MS_RDONLY);
  });
}

TEST_CASE("03: the directory to mount on is missing, or is a file") {
  expect(ENOENT, "\"proc\" to mount on", [] { sys::mount("proc", "proc", "proc", 0); });
  expect(ENOTDIR, "directory", [] {
    make_file("proc", "", 0644);
    sys::mount("proc", "proc", "proc", 0);
  });
  expect(ENOENT, "\"missing\"", [] {
    make_directories({"target"});
    sys::mount("missing", "target", nullptr, MS_BIND);
  });
  expect(ENODEV, "/proc/filesystems", [] {
    make_directories({"target"});
    sys::mount("x", "target", "no-such-type", 0);
  });
}

TEST_CASE("03: umount of what is in use, and of what is not mounted") {
  expect(EBUSY, "in use", [] {
    make_directories({"target"});
    sys::mount("x", "target", "tmpfs", 0);
    sys::chdir("target");
    sys::umount2("/tmp/target", 0);
  });
  expect(EBUSY, "open file", [] {
    make_directories({"target"});
    sys::mount("x", "target", "tmpfs", 0);
    const lab::UniqueFd open = sys::open("target", O_RDONLY);
    sys::umount2("target", 0);
  });
  expect(EINVAL, "nothing is mounted", [] {
    make_directories({"plain"});
    sys::umount2("plain", 0);
  });
}
