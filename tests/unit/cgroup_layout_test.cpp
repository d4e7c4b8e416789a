#include "cgroup_layout.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

namespace {

// As "VERSION CONTROLLERS PLACE", a line each.
std::string layout(const std::string& mountinfo, const std::string& cgroup) {
  std::string text;
  for (const lab::CgroupHierarchy& hierarchy : lab::parse_cgroup_layout(mountinfo, cgroup)) {
    text += std::to_string(hierarchy.version) + " ";
    for (const std::string& controller : hierarchy.controllers) text += controller + ",";
    text += " " + hierarchy.place.string() + "\n";
  }
  return text;
}

}  // namespace

TEST_CASE("cgroups: Ubuntu 18.04, hybrid: several controllers together, version 2 without any") {
  const char* mountinfo =
      "25 0 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,data=ordered\n"
      "31 23 0:26 / /sys/fs/cgroup ro,nosuid,nodev,noexec shared:9 - tmpfs tmpfs ro,mode=755\n"
      "32 31 0:27 / /sys/fs/cgroup/unified rw,nosuid shared:10 - cgroup2 cgroup rw\n"
      "33 31 0:28 / /sys/fs/cgroup/systemd rw,nosuid shared:11 - cgroup cgroup "
      "rw,xattr,name=systemd\n"
      "36 31 0:31 / /sys/fs/cgroup/memory rw,nosuid shared:15 - cgroup cgroup rw,memory\n"
      "38 31 0:33 / /sys/fs/cgroup/pids rw,nosuid shared:17 - cgroup cgroup rw,pids\n"
      "40 31 0:35 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:19 - cgroup cgroup rw,cpu,cpuacct\n"
      "41 31 0:36 / /sys/fs/cgroup/net_cls,net_prio rw shared:20 - cgroup cgroup "
      "rw,net_cls,net_prio\n";
  const char* cgroup =
      "9:net_cls,net_prio:/\n"
      "8:memory:/user.slice\n"
      "5:pids:/user.slice/user-1000.slice/session-3.scope\n"
      "4:cpu,cpuacct:/user.slice\n"
      "1:name=systemd:/user.slice/user-1000.slice/session-3.scope\n"
      "0::/user.slice/user-1000.slice/session-3.scope\n";
  CHECK(layout(mountinfo, cgroup) ==
        "1 net_cls,net_prio, /sys/fs/cgroup/net_cls,net_prio\n"
        "1 memory, /sys/fs/cgroup/memory/user.slice\n"
        "1 pids, /sys/fs/cgroup/pids/user.slice/user-1000.slice/session-3.scope\n"
        "1 cpu,cpuacct, /sys/fs/cgroup/cpu,cpuacct/user.slice\n"
        "1 name=systemd, "
        "/sys/fs/cgroup/systemd/user.slice/user-1000.slice/session-3.scope\n"
        "2  /sys/fs/cgroup/unified\n");
}

TEST_CASE("cgroups: version 2 alone, in a session of systemd") {
  CHECK(layout("29 23 0:26 / /sys/fs/cgroup rw,nosuid,nodev shared:4 - cgroup2 cgroup2 "
               "rw,nsdelegate,memory_recursiveprot\n",
               "0::/user.slice/user-1000.slice/session-2.scope\n") == "2  /sys/fs/cgroup\n");
}

TEST_CASE("cgroups: each controller on a mount of its own, and a group for memory alone") {
  const char* mountinfo =
      "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n"
      "32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu\n"
      "33 31 0:30 / /sys/fs/cgroup/cpuacct rw,relatime - cgroup cgroup rw,cpuacct\n"
      "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"
      "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n";
  const char* cgroup = "4:memory:/process_api/e580e39f\n2:cpuacct:/\n1:cpu:/\n0::/\n";
  CHECK(layout(mountinfo, cgroup) ==
        "1 memory, /sys/fs/cgroup/memory/process_api/e580e39f\n"
        "1 cpuacct, /sys/fs/cgroup/cpuacct\n"
        "1 cpu, /sys/fs/cgroup/cpu\n"
        "2  /sys/fs/cgroup/unified\n");
}

TEST_CASE("cgroups: in a container of Docker, whose mounts begin at its own group") {
  const char* mountinfo =
      "880 879 0:31 /docker/0123 /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n"
      "881 879 0:35 /docker/0123 /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct\n";
  CHECK(layout(mountinfo, "8:memory:/docker/0123\n4:cpu,cpuacct:/docker/0123/inner\n") ==
        "1 memory, /sys/fs/cgroup/memory\n"
        "1 cpu,cpuacct, /sys/fs/cgroup/cpu,cpuacct/inner\n");
  // A name that begins alike is another group.
  CHECK(layout(mountinfo, "8:memory:/docker/01234\n") == "1 memory, /sys/fs/cgroup/memory\n");
}

TEST_CASE("cgroups: in a cgroup namespace the mounts may begin above the process's root") {
  CHECK(layout("9 8 0:31 /.. /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n",
               "8:memory:/\n") == "1 memory, /sys/fs/cgroup/memory\n");
  CHECK(layout("9 8 0:31 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n",
               "8:memory:/../other\n") == "1 memory, /sys/fs/cgroup/memory\n");
}

TEST_CASE("cgroups: a mount that is covered by another is passed over") {
  const std::string base =
      "22 0 0:21 / / rw - ext4 /dev/vda rw\n"
      "31 22 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n"
      "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n";
  const char* cgroup = "4:memory:/\n";
  CHECK_FALSE(layout(base, cgroup).empty());
  for (const char* cover : {"50 35 0:50 / /sys/fs/cgroup/memory rw - tmpfs tmpfs rw\n",
                            "50 31 0:50 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n",
                            "50 22 0:50 / /sys rw - sysfs sysfs rw\n"}) {
    INFO(cover);
    CHECK(layout(base + cover, cgroup).empty());
  }
  CHECK(layout(base + "50 22 0:50 / /sys rw - sysfs sysfs rw\n"
                      "51 50 0:32 / /sys/fs/cgroup rw - cgroup cgroup rw,memory\n",
               cgroup) == "1 memory, /sys/fs/cgroup\n");
}

TEST_CASE("cgroups: what is of no such form") {
  CHECK(layout("", "").empty());
  CHECK(layout("garbage\n", "4:memory:/\n").empty());
  CHECK(layout("35 31 0:32 / /x rw - cgroup cgroup rw,memory\n", "memory\n4:\n\n").empty());
}

TEST_CASE("cgroups: this machine's own are read") {
  for (const lab::CgroupHierarchy& hierarchy : lab::cgroup_layout()) {
    INFO(hierarchy.place);
    CHECK(std::filesystem::exists(hierarchy.place / "cgroup.procs"));
  }
}
