#include <doctest/doctest.h>
#include <sys/mount.h>

#include <cerrno>
#include <filesystem>

#include "mistake.h"
#include "sys.h"

namespace fs = std::filesystem;
namespace sys = lab::sys;

TEST_CASE("04: the new root is a plain directory") {
  expect(EBUSY, "bind-mount it onto itself", [] {
    // On the root's own mount: the scratch tmpfs is the root here.
    make_directories({"new-root", "old"});
    sys::pivot_root(".", "old");
    sys::chdir("/");
    sys::pivot_root("new-root", "new-root");
  });
  expect(EINVAL, "bind-mount it onto itself", [] {
    make_directories({"new-root"});
    sys::pivot_root("new-root", "new-root");
  });
}

TEST_CASE("04: chdir before the bind mount") {
  const auto pivot = [] {
    make_directories({"new-root"});
    sys::chdir("new-root");
    const fs::path here = fs::current_path();
    sys::mount(here, here, nullptr, MS_BIND);
    sys::pivot_root(".", ".");
  };
  expect(EINVAL, "entered before the bind mount", pivot);
  expect(EBUSY, "entered before the bind mount", [=] {
    become_root();
    pivot();
  });
}

TEST_CASE("04: chroot before pivot_root") {
  expect(EINVAL, "chroot came first", [] {
    make_directories({"image/proc", "image/new-root"});
    sys::mount("proc", "image/proc", "proc", 0);
    sys::mount("image/new-root", "image/new-root", nullptr, MS_BIND);
    sys::chroot("image");
    sys::chdir("/");
    sys::pivot_root("new-root", "new-root");
  });
}

TEST_CASE("04: the parent mount of the new root is shared, or that of put_old") {
  expect(EINVAL, "shared", [] {
    make_directories({"new-root"});
    sys::mount(nullptr, "/tmp", nullptr, MS_SHARED);
    sys::mount("new-root", "new-root", nullptr, MS_BIND);
    sys::mount(nullptr, "new-root", nullptr, MS_PRIVATE);
    sys::pivot_root("new-root", "new-root");
  });
  expect(EINVAL, "shared", [] {
    make_directories({"new-root"});
    sys::mount("new-root", "new-root", nullptr, MS_BIND);
    sys::mount(nullptr, "new-root", nullptr, MS_SHARED);
    sys::pivot_root("new-root", "new-root");
  });
}

TEST_CASE("04: put_old is outside, missing, or a file") {
  const auto bound = [](const std::function<void()>& then) {
    return [=] {
      make_directories({"new-root/old", "outside"});
      make_file("new-root/file", "", 0644);
      sys::mount("new-root", "new-root", nullptr, MS_BIND);
      then();
    };
  };
  expect(EINVAL, "put_old must be the new root or a directory below it",
         bound([] { sys::pivot_root("new-root", "outside"); }));
  expect(ENOENT, "mkdir \"new-root/missing\" first",
         bound([] { sys::pivot_root("new-root", "new-root/missing"); }));
  expect(ENOTDIR, "\"new-root/file\" is not a directory",
         bound([] { sys::pivot_root("new-root", "new-root/file"); }));
}

TEST_CASE("04: put_old is outside, on the root's own mount") {
  expect(EBUSY, "put_old must be the new root or a directory below it", [] {
    become_root();
    make_directories({"new-root", "outside"});
    sys::mount("new-root", "new-root", nullptr, MS_BIND);
    sys::pivot_root("new-root", "outside");
  });
}

TEST_CASE("04: the old root unmounted while in use, or removed before") {
  const auto pivoted = [](const std::function<void()>& then) {
    return [=] {
      make_directories({"new-root/old"});
      sys::mount("new-root", "new-root", nullptr, MS_BIND);
      sys::pivot_root("new-root", "new-root/old");
      sys::chdir("/");
      then();
    };
  };
  expect(EBUSY, "MNT_DETACH", pivoted([] { sys::umount2("/old", 0); }));
  expect(EBUSY, "unmount it first", pivoted([] { sys::rmdir("/old"); }));
}

TEST_CASE("04: not root, and a new root that is missing") {
  expect(EPERM, "sudo", [] {
    become_nobody();
    sys::pivot_root(".", ".");
  });
  expect(ENOENT, "no such directory \"missing\"", [] { sys::pivot_root("missing", "missing"); });
}
