#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>

#include "cgroup_layout.h"
#include "mistake.h"
#include "process.h"
#include "procfs.h"
#include "sys.h"

namespace fs = std::filesystem;
namespace sys = lab::sys;

namespace {

// A cgroup for mistakes to be made in; none where this machine has no such hierarchy.
class Group {
 public:
  Group(int version, const std::string& controller) {
    for (const lab::CgroupHierarchy& hierarchy : lab::cgroup_layout()) {
      if (hierarchy.version == version && (controller.empty() || hierarchy.has(controller)))
        path_ = hierarchy.place / ("lab-mistakes-" + std::to_string(::getpid()));
    }
    if (path_.empty()) {
      MESSAGE("skipped: no hierarchy of version ", version, " with ", controller);
    } else {
      REQUIRE(fs::create_directory(path_));
    }
  }
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;
  ~Group() {
    if (path_.empty()) return;
    ::rmdir((path_ / "inner").c_str());
    CHECK(::rmdir(path_.c_str()) == 0);
  }

  explicit operator bool() const { return !path_.empty(); }
  fs::path operator/(const char* name) const { return path_ / name; }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

// A pid that no process has.
std::string gone() {
  lab::Child child = lab::fork_child([] { return EXIT_SUCCESS; });
  const pid_t pid = child.pid();
  child.wait();
  return std::to_string(pid);
}

}  // namespace

TEST_CASE("06: a file of the other version, or of another hierarchy") {
  if (const Group memory{1, "memory"}) {
    expect(ENOENT, "version 1", [&] { sys::write_file(memory / "memory.max", "1"); });
    expect(ENOENT, "version 1", [&] { sys::open(memory / "cgroup.subtree_control", O_WRONLY); });
    expect(ENOENT, "pids has one of its own", [&] { sys::write_file(memory / "pids.max", "1"); });
    expect(EACCES, "O_CREAT", [&] { sys::make_file(memory / "memory.max", "1", 0644); });
  }
  if (const Group v2{2, ""}) {
    expect(ENOENT, "version 2", [&] { sys::write_file(v2 / "memory.limit_in_bytes", "1"); });
    expect(ENOENT, "version 2", [&] { sys::write_file(v2 / "tasks", "0"); });
    expect(EACCES, "O_CREAT", [&] { sys::make_file(v2 / "cpu.cfs_quota_us", "1", 0644); });
  }
}

TEST_CASE("06: the cgroup or the hierarchy is not there") {
  if (const Group memory{1, "memory"}) {
    expect(ENOENT, "made by mkdir",
           [&] { sys::write_file(memory / "missing/memory.limit_in_bytes", "1"); });
  }
  expect(ENOENT, "no cgroup hierarchy is mounted there", [] {
    sys::mount("scratch", "/sys/fs/cgroup", "tmpfs", 0);
    sys::write_file("/sys/fs/cgroup/memory/x/memory.max", "1");
  });
}

TEST_CASE("06: version 2: the controller is not handed on by the cgroup above") {
  const Group v2{2, ""};
  if (!v2) return;
  fs::create_directory(v2 / "inner");
  expect(ENOENT, "write +memory to its cgroup.subtree_control",
         [&] { sys::write_file(v2 / "inner/memory.max", "1"); });
  expect(ENOENT, "cgroup.controllers",
         [&] { sys::write_file(v2 / "inner/cgroup.subtree_control", "+memory"); });
}

TEST_CASE("06: version 2: processes in a cgroup that hands controllers on") {
  for (const char* controller : {"memory", "hugetlb"}) {
    const Group v2{2, controller};
    if (!v2) continue;
    const fs::path above = v2.path().parent_path() / "cgroup.subtree_control";
    const bool enabled = lab::read_file(above).find(controller) != std::string::npos;
    if (!enabled) sys::write_file(above, std::string("+") + controller);
    expect(EBUSY, "move them to a group below", [&] {
      sys::write_file(v2 / "cgroup.procs", "0");
      sys::write_file(v2 / "cgroup.subtree_control", std::string("+") + controller);
    });
    expect(EBUSY, "make a group below", [&] {
      sys::write_file(v2 / "cgroup.subtree_control", std::string("+") + controller);
      sys::write_file(v2 / "cgroup.procs", "0");
    });
    sys::write_file(v2 / "cgroup.subtree_control", std::string("-") + controller);
    if (!enabled) sys::write_file(above, std::string("-") + controller);
  }
}

TEST_CASE("06: version 1: a new cpuset has no CPUs") {
  if (const Group cpuset{1, "cpuset"})
    expect(ENOSPC, "cpuset.cpus", [&] { sys::write_file(cpuset / "tasks", "0"); });
}

TEST_CASE("06: the process to be moved has ended") {
  const std::string pid = gone();
  if (const Group pids{1, "pids"})
    expect(ESRCH, "pid " + pid, [&] { sys::write_file(pids / "cgroup.procs", pid); });
  if (const Group v2{2, ""})
    expect(ESRCH, "pid " + pid, [&] { sys::write_file(v2 / "cgroup.procs", pid); });
}

TEST_CASE("06: a cgroup removed while something is left in it, or file by file") {
  for (const int version : {1, 2}) {
    const Group group(version, version == 1 ? "pids" : "");
    if (!group) continue;
    expect(EBUSY, "processes or groups are left", [&] {
      sys::write_file(group / "cgroup.procs", "0");
      sys::rmdir(group.path());
    });
    fs::create_directory(group / "inner");
    expect(EBUSY, "processes or groups are left", [&] { sys::rmdir(group.path()); });
    expect(EPERM, "rmdir, not rm -r", [&] { sys::unlink(group / "cgroup.procs"); });
  }
}

TEST_CASE("06: pids.max is reached") {
  const Group pids{1, "pids"};
  if (!pids) return;
  expect(EAGAIN, "pids.max lets it have: 1", [&] {
    sys::write_file(pids / "pids.max", "1");
    sys::write_file(pids / "tasks", "0");
    sys::fork();
  });
}

TEST_CASE("06: memory and swap less than memory, a quota of too few microseconds") {
  if (const Group memory{1, "memory"}; memory && fs::exists(memory / "memory.memsw.limit_in_bytes"))
    expect(EINVAL, "memory.limit_in_bytes first",
           [&] { sys::write_file(memory / "memory.memsw.limit_in_bytes", "4194304"); });
  if (const Group cpu{1, "cpu"})
    expect(EINVAL, "a quota 1000 at least",
           [&] { sys::write_file(cpu / "cpu.cfs_quota_us", "10"); });
}

TEST_CASE("06: not root") {
  for (const lab::CgroupHierarchy& hierarchy : lab::cgroup_layout()) {
    expect(EACCES, "sudo", [&] {
      become_nobody();
      sys::mkdir(hierarchy.place / "lab-mistakes", 0755);
    });
  }
}
