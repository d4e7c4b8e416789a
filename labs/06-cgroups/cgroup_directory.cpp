#include "cgroup_directory.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>

#include "error.h"
#include "procfs.h"
#include "shared_use.h"
#include "step.h"
#include "sys.h"

namespace lab {
namespace fs = std::filesystem;
namespace {

const std::string kPrefix = "lab-";

// A lab in another PID namespace may have the same pid: then a number is added.
fs::path name(int attempt) {
  return kPrefix + std::to_string(::getpid()) + (attempt == 0 ? "" : "-" + std::to_string(attempt));
}

fs::path entrance_of(const fs::path& cgroup, int version) {
  return cgroup / (version == 1 ? "tasks" : "cgroup.procs");
}

// A cpuset of version 1 begins without CPUs, and takes no process.
void copy_cpuset(const fs::path& from, const fs::path& to) {
  for (const char* file : {"cpuset.cpus", "cpuset.mems"}) {
    sys::write_file(to / file, read_file(from / file));
  }
}

// False where the name is taken.
bool try_mkdir(const fs::path& cgroup) {
  try {
    sys::mkdir(cgroup, 0755);
    return true;
  } catch (const SyscallError& error) {
    if (error.error() == EEXIST) return false;
    throw;
  }
}

// Empty where it is gone: until it is locked, it looks like that of a lab that was killed.
UniqueFd open_locked(const fs::path& entrance) {
  try {
    UniqueFd file = sys::open(entrance, O_WRONLY);
    sys::flock(file.get(), LOCK_EX);
    return leads_to(entrance, file) ? std::move(file) : UniqueFd();
  } catch (const SyscallError& error) {
    if (error.error() == ENOENT && !fs::exists(entrance.parent_path())) return {};
    throw;
  }
}

// Version 1: what the container has read and written is charged to its cgroup as long as it is
// cached, and so long the kernel keeps the cgroup, though removed. Emptying takes a millisecond.
void drop_page_cache(const fs::path& cgroup) {
  const std::string stat = read_file(cgroup / "memory.stat");
  if (stat.rfind("cache ", 0) != 0 || stat.rfind("cache 0\n", 0) == 0) return;
  try {
    sys::write_file(cgroup / "memory.force_empty", "0");
  } catch (const SyscallError&) {  // it costs the kernel some memory, no more
  }
}

// Of the lab that made it; 0 where it was none.
pid_t pid_of(const fs::path& cgroup) {
  const std::string name = cgroup.filename();
  return name.rfind(kPrefix, 0) == 0 ? std::atoi(name.c_str() + kPrefix.size()) : 0;
}

bool owner_is_gone(const fs::path& cgroup) {
  const pid_t pid = pid_of(cgroup);
  return pid == ::getpid() || (::kill(pid, 0) == -1 && errno == ESRCH);
}

// The container may have made groups inside its own. One that is busy yet goes next time.
void remove_groups_in(const fs::path& cgroup) {
  std::error_code gone;
  for (const fs::directory_entry& entry : fs::directory_iterator(cgroup, gone)) {
    if (!entry.is_directory(gone)) continue;
    remove_groups_in(entry.path());
    ::rmdir(entry.path().c_str());
  }
}

// A process that was killed is in its cgroup until the kernel has let go of all that it held.
void rmdir_when_empty(const fs::path& cgroup, std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (::rmdir(cgroup.c_str()) == -1) {
    const int error = errno;
    if (error != EBUSY || std::chrono::steady_clock::now() > deadline)
      throw SyscallError({"rmdir", {cgroup.c_str()}}, error);
    remove_groups_in(cgroup);
    ::poll(nullptr, 0, 1);
  }
  tell_call({"rmdir", {cgroup.c_str()}}, 0, 0);
}

// Removes a cgroup that no one holds locked. Under the lock, so that it is not a new one of the same
// name that goes. Where processes live on in it, it stays.
void remove_if_unlocked(const fs::path& cgroup) {
  for (const int version : {1, 2}) {
    const fs::path entrance = entrance_of(cgroup, version);
    const UniqueFd file(::open(entrance.c_str(), O_WRONLY | O_CLOEXEC));
    if (!file) continue;
    if (::flock(file.get(), LOCK_EX | LOCK_NB) == -1 || !leads_to(entrance, file)) return;
    try {
      rmdir_when_empty(cgroup, std::chrono::milliseconds(200));
    } catch (const SyscallError& error) {
      tell_call({"rmdir", {cgroup.c_str()}}, -1, error.error());
    }
    return;
  }
}

}  // namespace

Cgroup make_cgroup(const CgroupHierarchy& hierarchy) {
  constexpr int kAttempts = 100;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    Cgroup cgroup{hierarchy.version, hierarchy.controllers, hierarchy.place / name(attempt), {}};
    if (!try_mkdir(cgroup.path)) continue;
    try {
      cgroup.entrance = open_locked(entrance_of(cgroup.path, cgroup.version));
      if (!cgroup.entrance) continue;
      if (cgroup.version == 1 && hierarchy.has("cpuset")) copy_cpuset(hierarchy.place, cgroup.path);
    } catch (...) {
      ::rmdir(cgroup.path.c_str());
      throw;
    }
    return cgroup;
  }
  throw Error("no name is free for a cgroup in " + hierarchy.place.string(), "");
}

void remove_cgroup(const fs::path& cgroup) {
  drop_page_cache(cgroup);
  rmdir_when_empty(cgroup, std::chrono::seconds(2));
}

std::vector<fs::path> lab_cgroups(const fs::path& place) {
  std::vector<fs::path> found;
  std::error_code unreadable;
  for (const fs::directory_entry& entry : fs::directory_iterator(place, unreadable)) {
    if (pid_of(entry.path()) > 0) found.push_back(entry.path());
  }
  return found;
}

void sweep_cgroups(const fs::path& place) {
  for (const fs::path& cgroup : lab_cgroups(place)) {
    if (owner_is_gone(cgroup)) remove_if_unlocked(cgroup);
  }
}

}  // namespace lab
