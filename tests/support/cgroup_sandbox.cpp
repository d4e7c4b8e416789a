#include "cgroup_sandbox.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <sstream>
#include <system_error>

#include "cgroup_layout.h"
#include "deadline.h"
#include "error.h"
#include "mountinfo.h"
#include "process.h"
#include "procfs.h"
#include "snapshot.h"
#include "sys.h"

namespace check {
namespace fs = std::filesystem;
namespace sys = lab::sys;
namespace {

constexpr const char* kName = "lab-checks-";
// Version 2 lets no cgroup hand on controllers that has processes: the checks are in a leaf.
constexpr const char* kLeaf = "session";

struct Sandbox {
  lab::CgroupHierarchy hierarchy;
  fs::path mount;      ///< where the hierarchy is mounted
  fs::path directory;  ///< the cgroup of the checks, as seen from outside
  lab::UniqueFd lock;  ///< held as long as the checks run: who finds it free may remove the cgroup
};

std::vector<fs::path> mounts_of_sandboxes;  // in the checks' process

// open(2), write(2) and close(2): a file of a cgroup takes a request with each write.
bool written(const fs::path& file, const std::string& text) {
  const lab::UniqueFd fd(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
  return fd && ::write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

std::vector<fs::path> directories_in(const fs::path& directory) {
  std::vector<fs::path> found;
  struct stat status {};
  // Of a cgroup st_nlink is 2, and 1 for each directory in it: most have none.
  if (::stat(directory.c_str(), &status) == -1 || status.st_nlink == 2) return found;
  std::error_code gone;
  for (fs::directory_iterator entry(directory, gone), end; !gone && entry != end;
       entry.increment(gone)) {
    if (entry->is_directory(gone) && !entry->is_symlink(gone)) found.push_back(entry->path());
  }
  return found;
}

void kill_processes_in(const fs::path& cgroup) {
  std::istringstream pids(lab::read_file(cgroup / "cgroup.procs"));
  for (pid_t pid = 0; pids >> pid;) {
    if (pid > 0) ::kill(pid, SIGKILL);  // 0: of another PID namespace
  }
}

// Whatever is in it ends with it.
void remove_cgroup(const fs::path& cgroup) {
  for (const fs::path& inner : directories_in(cgroup)) remove_cgroup(inner);
  // Version 1: pages that are still charged would keep a dying cgroup in the kernel.
  written(cgroup / "memory.force_empty", "0");
  eventually([&] {
    if (::rmdir(cgroup.c_str()) == 0 || errno == ENOENT) return true;
    kill_processes_in(cgroup);
    return false;
  });
}

lab::UniqueFd locked(const fs::path& file, int operation) {  // flock(2)
  lab::UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd || ::flock(fd.get(), operation) == -1) return {};
  return fd;
}

// As long as it is held, the cgroup is in use. Not a lock of the directory: that is for who makes a
// cgroup in it, and checks may run within those of others.
lab::UniqueFd held(const fs::path& cgroup) {
  return locked(cgroup / "cgroup.procs", LOCK_EX | LOCK_NB);
}

// What checks that were killed have left.
void sweep(const fs::path& place) {
  for (const fs::path& cgroup : directories_in(place)) {
    if (cgroup.filename().string().rfind(kName, 0) != 0) continue;
    if (const lab::UniqueFd lock = held(cgroup)) remove_cgroup(cgroup);
  }
}

// The controllers that version 2 has here and that lab 06 limits: the sandbox must get them. Where one
// is handed on already, asking for it does nothing. It stays so: others may have come to use it.
bool hand_on_controllers(const lab::CgroupHierarchy& hierarchy) {
  const fs::path file = hierarchy.place / "cgroup.subtree_control";
  const auto handed_on = [&](const std::string& controller) {
    return !hierarchy.has(controller) || written(file, "+" + controller);
  };
  return handed_on("memory") && handed_on("cpu") && handed_on("pids");
}

// A new cpuset of version 1 has neither processors nor memory, and takes no process.
void fill_cpuset(const lab::CgroupHierarchy& hierarchy, const fs::path& directory) {
  if (hierarchy.version != 1 || !hierarchy.has("cpuset")) return;
  for (const char* file : {"cpuset.cpus", "cpuset.mems"})
    written(directory / file, lab::read_file(hierarchy.place / file));
}

// In units of what a new cgroup has.
void weigh(const lab::CgroupHierarchy& hierarchy, const fs::path& directory, int cpu_weight) {
  if (!hierarchy.has("cpu")) return;
  if (hierarchy.version == 1) {
    written(directory / "cpu.shares", std::to_string(1024 * cpu_weight));
  } else {
    written(directory / "cpu.weight", std::to_string(100 * cpu_weight));
  }
}

// lab-checks-PID; where checks in another PID namespace have the same pid, there is a number behind it.
fs::path make_directory(const fs::path& place) {
  const fs::path wanted = place / (kName + std::to_string(::getpid()));
  fs::path directory = wanted;
  for (int n = 2; ::mkdir(directory.c_str(), 0755) == -1; ++n) {
    if (errno != EEXIST) return {};
    directory = fmt::format("{}-{}", wanted.string(), n);
  }
  return directory;
}

// Nothing where this hierarchy cannot be used.
std::optional<Sandbox> make_sandbox(const lab::CgroupHierarchy& hierarchy, int cpu_weight) {
  // One at a time: between its making and its locking a cgroup looks like a killed one's.
  const lab::UniqueFd alone = locked(hierarchy.place, LOCK_EX);
  sweep(hierarchy.place);
  const std::vector<lab::Mount> mounts = lab::mounts_of("self");
  if (hierarchy.version == 2 && !hand_on_controllers(hierarchy)) return {};
  const fs::path directory = make_directory(hierarchy.place);
  if (directory.empty()) return {};
  fill_cpuset(hierarchy, directory);
  weigh(hierarchy, directory, cpu_weight);
  return Sandbox{hierarchy, lab::mount_of_path(mounts, hierarchy.place)->target, directory,
                 held(directory)};
}

std::vector<Sandbox> make_sandboxes(int cpu_weight) {
  std::vector<Sandbox> all;
  for (const lab::CgroupHierarchy& hierarchy : lab::cgroup_layout()) {
    if (std::optional<Sandbox> sandbox = make_sandbox(hierarchy, cpu_weight))
      all.push_back(std::move(*sandbox));
  }
  return all;
}

// Version 1: writing to `tasks` for oneself is quick; cgroup.procs waits for the whole machine.
bool enter_cgroup(const fs::path& directory, int version) {
  return written(directory / (version == 1 ? "tasks" : "cgroup.procs"), "0");
}

// A new mount shows the cgroup namespace's own root.
void mount_anew(const Sandbox& sandbox) {
  ::umount2(sandbox.mount.c_str(), MNT_DETACH);  // where it may not go, it is covered
  std::string controllers;
  for (const std::string& name : sandbox.hierarchy.controllers)
    controllers += (controllers.empty() ? "" : ",") + name;
  const bool v1 = sandbox.hierarchy.version == 1;
  sys::mount("cgroup", sandbox.mount, v1 ? "cgroup" : "cgroup2", MS_NOSUID | MS_NODEV | MS_NOEXEC,
             v1 ? lab::CString(controllers) : nullptr);
}

// In the checks' process.
void enter_sandboxes(const std::vector<Sandbox>& sandboxes) {
  std::vector<const Sandbox*> entered;
  for (const Sandbox& sandbox : sandboxes) {
    if (enter_cgroup(sandbox.directory, sandbox.hierarchy.version)) entered.push_back(&sandbox);
  }
  sys::unshare(CLONE_NEWCGROUP | CLONE_NEWNS);
  sys::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE);
  for (const Sandbox* sandbox : entered) {
    mount_anew(*sandbox);
    mounts_of_sandboxes.push_back(sandbox->mount);
    if (sandbox->hierarchy.version == 1) continue;
    const fs::path leaf = sandbox->mount / kLeaf;
    sys::mkdir(leaf, 0755);
    sys::write_file(leaf / "cgroup.procs", "0");
  }
}

// Waits for the checks, and passes on to them what is told to this process.
int supervise(pid_t checks, const sigset_t& signals) {
  for (;;) {
    const siginfo_t info = sys::sigwaitinfo(signals);
    if (info.si_signo != SIGCHLD) {
      ::kill(checks, info.si_signo);
      continue;
    }
    int status = 0;
    if (::waitpid(checks, &status, WNOHANG) == checks) return lab::exit_status_from_wait(status);
  }
}

void add_directories(const fs::path& directory, std::vector<std::string>& found) {
  for (const fs::path& inner : directories_in(directory)) {
    found.push_back(inner);
    add_directories(inner, found);
  }
}

}  // namespace

int in_cgroup_sandbox(const std::function<int()>& body, int cpu_weight) {
  std::signal(SIGCHLD, SIG_DFL);
  sigset_t signals, before;
  sigemptyset(&signals);
  for (const int signal : {SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGQUIT}) sigaddset(&signals, signal);
  ::sigprocmask(SIG_BLOCK, &signals, &before);

  std::vector<Sandbox> sandboxes = make_sandboxes(cpu_weight);
  const pid_t outer = ::getpid();
  const pid_t checks = ::fork();
  if (checks == -1) throw lab::SyscallError({"fork", {}}, errno);
  if (checks == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != outer) ::_exit(lab::kLabFailed);
    ::sigprocmask(SIG_SETMASK, &before, nullptr);
    std::exit(lab::exit_status_of([&] {
      enter_sandboxes(sandboxes);
      sandboxes.clear();  // the locks are the outer process's
      return body();
    }));
  }
  const int status = supervise(checks, signals);
  for (const Sandbox& sandbox : sandboxes) remove_cgroup(sandbox.directory);
  return status;
}

std::vector<std::string> sandboxed_cgroups() {
  std::vector<std::string> found;
  for (const fs::path& mount : mounts_of_sandboxes) {
    add_directories(mount, found);
    const std::string handed_on = lab::read_file(mount / "cgroup.subtree_control");
    for (const std::string& line : lines_of(handed_on))
      found.push_back(fmt::format("{}: {}", (mount / "cgroup.subtree_control").string(), line));
  }
  return found;
}

}  // namespace check
