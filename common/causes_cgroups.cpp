#include "causes_cgroups.h"

#include <linux/magic.h>
#include <sys/vfs.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "causes_look_up.h"
#include "cgroup_layout.h"
#include "mountinfo.h"
#include "procfs.h"

namespace lab::causes {
namespace fs = std::filesystem;
namespace {

fs::path path_of(const Call& call) {
  if (call.args.empty()) return {};
  if (!call.args[0].string().empty()) return call.args[0].string();
  std::error_code unreadable;
  return fs::read_symlink("/proc/self/fd/" + call.args[0].text(), unreadable);
}

std::string file_of(const Call& call) {
  return path_of(call).filename();
}

fs::path directory_of(const Call& call) {
  const fs::path directory = path_of(call).parent_path();
  return directory.empty() ? fs::path(".") : directory;
}

// 0 where `path`, or what there is of it, is in no cgroup hierarchy.
int version_of(const fs::path& path) {
  struct statfs status {};
  if (::statfs(path.c_str(), &status) == -1)
    return path.has_parent_path() && path != path.parent_path() ? version_of(path.parent_path())
                                                                : 0;
  return status.f_type == CGROUP_SUPER_MAGIC ? 1 : status.f_type == CGROUP2_SUPER_MAGIC ? 2 : 0;
}

bool has_word(const std::string& text, const std::string& word) {
  std::string padded = " " + text + " ";
  std::replace_if(
      padded.begin(), padded.end(), [](char c) { return c == '\n' || c == ','; }, ' ');
  return padded.find(" " + word + " ") != std::string::npos;
}

// The files of a controller begin with its name: memory.max. cgroup.procs and the like have none.
std::string controller_of(const Call& call) {
  const std::string file = file_of(call);
  const std::string controller = file.substr(0, file.find('.'));
  return controller == file || controller == "cgroup" ? "" : controller;
}

bool is_version_1_name(const std::string& file) {
  const auto has = [&](const char* part) { return file.find(part) != std::string::npos; };
  return file == "tasks" || has("_in_bytes") || has("memsw") || has("swappiness") ||
         has("oom_control") || has("cfs_") || has("shares") || has("cpuacct.");
}

}  // namespace

std::string on_cgroup(const Call& call) {
  const fs::path path = path_of(call);
  return version_of(path) == 0 ? "" : path.string();
}

std::string in_cgroup_mounts_home(const Call& call) {
  return yes_if(lies_below(path_of(call), "/sys/fs/cgroup") && on_cgroup(call).empty());
}

// --- open(path, flags) ---

std::string cgroup_missing(const Call& call) {
  const fs::path directory = directory_of(call);
  return fs::exists(directory) || version_of(directory) == 0 ? "" : quoted(directory);
}

std::string cgroup_is_of_version_1(const Call& call) {
  return yes_if(version_of(directory_of(call)) == 1);
}

std::string cgroup_is_of_version_2(const Call& call) {
  return yes_if(version_of(directory_of(call)) == 2 && is_version_1_name(file_of(call)));
}

std::string hierarchy_has_not_controller(const Call& call) {
  const std::string controller = controller_of(call);
  std::error_code unresolved;
  const fs::path directory = fs::canonical(directory_of(call), unresolved);
  const std::vector<Mount> mounts = mounts_of("self");
  const Mount* mount = mount_of_path(mounts, directory);
  const bool other = mount != nullptr && mount->type == "cgroup" && !controller.empty() &&
                     !has_word(mount->super_options, controller);
  return other ? controller : "";
}

std::string controller_not_handed_on(const Call& call) {
  const std::string controller = controller_of(call);
  const fs::path directory = directory_of(call);
  const bool missing = version_of(directory) == 2 && !controller.empty() &&
                       !has_word(read_file(directory / "cgroup.controllers"), controller);
  return missing ? controller : "";
}

// --- write(path or descriptor, text) ---

std::string writes_subtree_control(const Call& call) {
  return yes_if(file_of(call) == "cgroup.subtree_control");
}

std::string moves_process(const Call& call) {
  const std::string file = file_of(call);
  return yes_if(file == "cgroup.procs" || file == "tasks" || file == "cgroup.threads");
}

std::string moves_into_cpuset(const Call& call) {
  return moves_process(call).empty() ? "" : yes_if(fs::exists(directory_of(call) / "cpuset.cpus"));
}

std::string moves_process_that_is_gone(const Call& call) {
  return moves_process(call).empty() || call.args.size() < 2 ? "" : call.args[1].string();
}

std::string sets_memory_and_swap(const Call& call) {
  return yes_if(file_of(call) == "memory.memsw.limit_in_bytes");
}

std::string sets_cpu_quota(const Call& call) {
  const std::string file = file_of(call);
  return yes_if(file == "cpu.max" || file.rfind("cpu.cfs_", 0) == 0);
}

// --- fork() ---

// Version 2 has no pids.max in its root; a process that is in a group further down is looked for
// there.
std::string pids_limit_reached(const Call&) {
  const std::string own = read_file("/proc/self/cgroup");
  for (const CgroupHierarchy& hierarchy : cgroup_layout()) {
    if (!hierarchy.has("pids")) continue;
    const size_t at = hierarchy.version == 2 ? own.find("0::/") : std::string::npos;
    const fs::path cgroup = at == std::string::npos
                                ? hierarchy.place
                                : hierarchy.place / own.substr(at + 4, own.find('\n', at) - at - 4);
    const std::string most = read_file(cgroup / "pids.max");
    const std::string now = read_file(cgroup / "pids.current");
    if (std::atoll(most.c_str()) > 0 && std::atoll(now.c_str()) >= std::atoll(most.c_str()))
      return most.substr(0, most.find('\n'));
  }
  return "";
}

}  // namespace lab::causes
