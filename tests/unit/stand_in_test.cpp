#include "stand_in.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "capture.h"
#include "error.h"
#include "mountinfo.h"
#include "procfs.h"
#include "sys.h"
#include "unique_fd.h"

namespace fs = std::filesystem;
namespace sys = lab::sys;

namespace {

// An overlay on memory: to the stand-in a file system like those on a disk.
void mount_disk(const fs::path& place, unsigned long flags = 0) {
  const fs::path layers = "/mnt/layers" / place.filename();
  for (const char* layer : {"lower", "upper", "work"}) fs::create_directories(layers / layer);
  fs::create_directories(place);
  sys::mount(
      "disk", place, "overlay", flags,
      fmt::format("lowerdir={0}/lower,upperdir={0}/upper,workdir={0}/work", layers.string()));
}

void mount_memory(const fs::path& place) {
  fs::create_directories(place);
  sys::mount("memory", place, "tmpfs", 0);
}

void tell_if_writable(const fs::path& place) {
  const lab::UniqueFd file(::open((place / "file").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
  fmt::print("{}: {}\n", place.string(), file ? "written" : lab::errno_name(errno));
}

void tell_options(const fs::path& place) {
  const std::vector<lab::Mount> mounts = lab::mounts_of("self");
  fmt::print("{}: {}\n", place.string(), lab::mount_of_path(mounts, place)->options);
}

// `look` prints what it finds on a stand-in for a host that `prepare` has made.
void expect_seen(const std::string& expected, const std::function<void()>& prepare,
                 const std::function<void()>& look) {
  if (::geteuid() != 0) {
    MESSAGE("skipped: a stand-in is made by root");
    return;
  }
  const Captured captured = capture([&] {
    sys::unshare(CLONE_NEWNS);
    sys::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE);
    sys::mount("machine", "/mnt", "tmpfs", 0);
    prepare();
    lab::make_stand_in_host();
    look();
    return 0;
  });
  CHECK(captured.err == "");
  CHECK(captured.out == expected);
}

}  // namespace

TEST_CASE("the disks of a stand-in can be made read-only, what lies in memory stays as it is") {
  expect_seen(
      "/mnt/disk: EROFS\n/mnt/memory/disk: EROFS\n/mnt/memory: written\n/dev/shm: written\n"
      "/mnt/memory: EROFS\n",
      [] {
        mount_disk("/mnt/disk");
        mount_memory("/mnt/memory");
        mount_disk("/mnt/memory/disk");
        mount_memory("/dev/shm");
      },
      [] {
        lab::make_disks_read_only({});
        for (const char* place : {"/mnt/disk", "/mnt/memory/disk", "/mnt/memory", "/dev/shm"})
          tell_if_writable(place);
        lab::make_disks_read_only({"/mnt/memory"});
        tell_if_writable("/mnt/memory");
      });
}

TEST_CASE("a place can be spared") {
  expect_seen(
      "/mnt/disk: EROFS\n/mnt/a/place: written\n/mnt/a/place/below: written\n/mnt/a/place2: "
      "EROFS\n",
      [] {
        for (const char* place :
             {"/mnt/disk", "/mnt/a/place", "/mnt/a/place/below", "/mnt/a/place2"})
          mount_disk(place);
      },
      [] {
        lab::make_disks_read_only({}, "/mnt/a/place");
        for (const char* place :
             {"/mnt/disk", "/mnt/a/place", "/mnt/a/place/below", "/mnt/a/place2"})
          tell_if_writable(place);
      });
}

TEST_CASE("until then they can be changed") {
  expect_seen(
      "/mnt/disk: written\n", [] { mount_disk("/mnt/disk"); },
      [] { tell_if_writable("/mnt/disk"); });
}

TEST_CASE("read-only disks keep their other options") {
  expect_seen(
      "/mnt/disk: ro,nosuid,nodev,noexec,relatime\n",
      [] { mount_disk("/mnt/disk", MS_NOSUID | MS_NODEV | MS_NOEXEC); },
      [] {
        lab::make_disks_read_only({});
        tell_options("/mnt/disk");
      });
}

TEST_CASE("a disk that another mount covers is in no one's way") {
  expect_seen(
      "/mnt/disk: written\n/mnt/seen: EROFS\n",
      [] {
        mount_disk("/mnt/disk");
        mount_memory("/mnt/disk");
        mount_disk("/mnt/parent/disk");
        mount_memory("/mnt/parent");
        mount_memory("/mnt/seen");
        mount_disk("/mnt/seen");
      },
      [] {
        lab::make_disks_read_only({});
        tell_if_writable("/mnt/disk");
        tell_if_writable("/mnt/seen");
      });
}

TEST_CASE("a stand-in looks like a host under systemd, with a network and a /run of its own") {
  expect_seen(
      "every mount is shared\n/run is empty\n/sys/class/net/lo: up\n",
      [] { mount_memory("/mnt/a"); },
      [] {
        size_t shared = 0;
        const std::vector<lab::Mount> mounts = lab::mounts_of("self");
        for (const lab::Mount& mount : mounts) shared += mount.shared() ? 1 : 0;
        if (shared == mounts.size()) fmt::print("every mount is shared\n");
        if (fs::is_empty("/run")) fmt::print("/run is empty\n");
        // IFF_UP is the lowest bit; an operational state the loopback has none.
        for (const fs::directory_entry& link : fs::directory_iterator("/sys/class/net")) {
          const int flags = std::stoi(lab::read_file(link.path() / "flags"), nullptr, 16);
          fmt::print("{}: {}\n", link.path().string(), (flags & 1) != 0 ? "up" : "down");
        }
      });
}
