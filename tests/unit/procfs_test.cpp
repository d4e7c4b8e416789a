#include "procfs.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <fstream>

#include "interpreter.h"
#include "mountinfo.h"
#include "namespaces.h"

using lab::Mount;
using lab::parse_mountinfo;

TEST_CASE("mountinfo: every field") {
  const auto mounts = parse_mountinfo(
      "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 shared:7 - ext3 /dev/root rw,errors=continue\n");
  REQUIRE(mounts.size() == 1);
  const Mount& mount = mounts[0];
  CHECK(mount.id == 36);
  CHECK(mount.parent == 35);
  CHECK(mount.device == "98:0");
  CHECK(mount.root == "/mnt1");
  CHECK(mount.target == "/mnt2");
  CHECK(mount.options == "rw,noatime");
  CHECK(mount.propagation == std::vector<std::string>{"master:1", "shared:7"});
  CHECK(mount.type == "ext3");
  CHECK(mount.source == "/dev/root");
  CHECK(mount.super_options == "rw,errors=continue");
  CHECK(mount.shared());
  CHECK(mount.has_option("noatime"));
  CHECK_FALSE(mount.has_option("atime"));
}

TEST_CASE("mountinfo: a private mount has no optional field") {
  const auto mounts = parse_mountinfo("1 0 0:2 / / rw - rootfs rootfs rw\n");
  REQUIRE(mounts.size() == 1);
  CHECK(mounts[0].propagation.empty());
  CHECK_FALSE(mounts[0].shared());
}

TEST_CASE("mountinfo: blanks, newlines and backslashes in a path") {
  const auto mounts = parse_mountinfo(R"(1 0 0:2 /a\040b /c\134d\012e rw - tmpfs t\040s rw)");
  REQUIRE(mounts.size() == 1);
  CHECK(mounts[0].root == "/a b");
  CHECK(mounts[0].target == "/c\\d\ne");
  CHECK(mounts[0].source == "t s");
}

TEST_CASE("mountinfo: an empty source") {
  const auto mounts = parse_mountinfo("1 0 0:2 / /x rw - tmpfs  rw,size=4k\n");
  REQUIRE(mounts.size() == 1);
  CHECK(mounts[0].source.empty());
  CHECK(mounts[0].super_options == "rw,size=4k");
}

TEST_CASE("mountinfo: lines of another form are left out") {
  CHECK(parse_mountinfo("").empty());
  CHECK(parse_mountinfo("garbage\n1 2 3\n\n").empty());
  CHECK(parse_mountinfo("1 0 0:2 / / rw").empty());
}

TEST_CASE("the mount of a path is the last one at the longest prefix") {
  const auto mounts = parse_mountinfo(
      "1 0 0:1 / / rw - a a rw\n"
      "2 1 0:2 / /x rw - b b rw\n"
      "3 2 0:3 / /x rw - c c rw\n"
      "4 1 0:4 / /xy rw - d d rw\n");
  CHECK(lab::mount_of_path(mounts, "/")->id == 1);
  CHECK(lab::mount_of_path(mounts, "/x")->id == 3);
  CHECK(lab::mount_of_path(mounts, "/x/y")->id == 3);
  CHECK(lab::mount_of_path(mounts, "/xy/z")->id == 4);
  CHECK(lab::mount_of_path(mounts, "/xyz")->id == 1);
  CHECK(lab::mount_of_path({}, "/") == nullptr);
}

TEST_CASE("this process's own mount table is read") {
  CHECK_FALSE(lab::mounts_of("self").empty());
}

TEST_CASE("a field of /proc/PID/status, and none by a part of its name") {
  const std::string status = "Name:\tsh\nNSpid:\t4711\t1\nPid:\t4711\n";
  CHECK(lab::status_field(status, "NSpid") == "4711 1");
  CHECK(lab::status_field(status, "Pid") == "4711");
  CHECK(lab::status_field(status, "id").empty());
}

TEST_CASE("strings that end with a NUL each") {
  using List = std::vector<std::string>;
  CHECK(lab::nul_separated("").empty());
  CHECK(lab::nul_separated(std::string("a\0\0b\0", 5)) == List{"a", "", "b"});
  CHECK(lab::nul_separated("unfinished") == List{"unfinished"});
}

TEST_CASE("a process's pids and namespaces") {
  const std::string pids = lab::pids_of("self");
  CHECK(pids.substr(0, pids.find(' ')) == std::to_string(::getpid()));
  CHECK(lab::namespace_of("self", "pid").rfind("pid:[", 0) == 0);
  CHECK(lab::namespace_of("self", "nonsense").empty());
}

TEST_CASE("what a program needs to be loaded") {
  char path[] = "/tmp/lab-unit-XXXXXX";
  const int fd = ::mkstemp(path);
  REQUIRE(fd >= 0);
  ::close(fd);
  const auto interpreter = [&](const std::string& content) {
    std::ofstream(path) << content;
    return lab::interpreter_of(path);
  };
  CHECK(interpreter("#!/bin/ash -e\n") == "/bin/ash");
  CHECK(interpreter("#! /bin/sh\n") == "/bin/sh");
  CHECK(interpreter("#!").empty());
  CHECK(interpreter("echo\n").empty());
  CHECK(interpreter("\x7f"
                    "ELF")
            .empty());
  ::unlink(path);
  CHECK(lab::interpreter_of("/proc/self/exe").find("ld-") != std::string::npos);
  CHECK(lab::interpreter_of("/no/such/file").empty());
}
