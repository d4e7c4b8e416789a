// The file systems that are mounted, as df(1) tells: proc_pid_mountinfo(5), statvfs(3).

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "mountinfo.h"
#include "procfs.h"
#include "sections.h"
#include "sys.h"

namespace lab {
namespace {

// As df -h has it: 512, 3.4K, 12M.
std::string human(double bytes) {
  static constexpr std::array kUnits{"", "K", "M", "G", "T", "P"};
  size_t unit = 0;
  for (; bytes >= 1024 && unit + 1 < kUnits.size(); ++unit) bytes /= 1024;
  return fmt::format(unit > 0 && bytes < 10 ? "{:.1f}{}" : "{:.0f}{}", bytes, kUnits[unit]);
}

// All mounts of the subject's namespace, also those that its root directory hides from it.
std::vector<Mount> mounts_of_namespace(const Subject& subject) {
  const UniqueFd proc = sys::open("/proc", O_PATH | O_DIRECTORY);
  const std::optional<std::string> text = subject.within(namespace_kind("mnt"), [&] {
    const UniqueFd table(::openat(proc.get(), "self/mountinfo", O_RDONLY | O_CLOEXEC));
    return read_to_end(table.get());
  });
  return parse_mountinfo(text ? *text : subject.read("mountinfo").value_or(""));
}

// The mount that the root directory lies on. A plain directory, as after chroot(2), is in no row of
// the process's own table; a descriptor knows its mount.
std::optional<Mount> mount_of_root(const Subject& subject) {
  const UniqueFd root(::open(subject.path("root").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!root) return std::nullopt;
  const std::string id =
      status_field(read_file(fmt::format("/proc/self/fdinfo/{}", root.get())), "mnt_id");
  for (const Mount& mount : mounts_of_namespace(subject)) {
    if (std::to_string(mount.id) == id) return mount;
  }
  return std::nullopt;
}

struct FileSystem {
  std::string device;
  Cell cell;
};

std::optional<FileSystem> file_system(const Subject& subject, const Mount& mount) {
  struct statvfs status {};
  if (::statvfs(subject.path("root" + mount.target).c_str(), &status) == -1) return std::nullopt;
  const auto size = static_cast<std::uint64_t>(status.f_blocks) * status.f_frsize;
  if (size == 0) return std::nullopt;  // proc, sysfs: they store nothing, and df leaves them out
  const auto used = size - static_cast<std::uint64_t>(status.f_bfree) * status.f_frsize;
  return FileSystem{mount.device,
                    {{Fields{{"type", {mount.type}},
                             {"source", {mount.source}},
                             {"device", {mount.device}},
                             {"size", {size}},
                             {"used", {used}}}},
                     fmt::format("{}, {} of {} used", mount.type, human(static_cast<double>(used)),
                                 human(static_cast<double>(size)))}};
}

// By mount point. Of what is mounted at several places the topmost is told, as df does.
std::map<std::string, FileSystem> file_systems(const Subject& subject,
                                               const std::optional<Mount>& of_root) {
  std::vector<Mount> mounts = parse_mountinfo(subject.read("mountinfo").value_or(""));
  const auto is_root = [](const Mount& mount) { return mount.target == "/"; };
  mounts.erase(std::remove_if(mounts.begin(), mounts.end(), is_root), mounts.end());
  if (of_root) {
    mounts.push_back(*of_root);
    mounts.back().target = "/";
  }
  std::reverse(mounts.begin(), mounts.end());  // the last one on a mount point covers the others
  std::stable_sort(mounts.begin(), mounts.end(), [](const Mount& a, const Mount& b) {
    return a.target.size() < b.target.size();
  });
  std::set<std::string> devices;
  std::map<std::string, FileSystem> found;
  for (const Mount& mount : mounts) {
    if (found.count(mount.target) != 0 || devices.count(mount.device) != 0) continue;
    if (const std::optional<FileSystem> here = file_system(subject, mount)) {
      found[mount.target] = *here;
      devices.insert(mount.device);
    }
  }
  return found;
}

bool is_root_of(const Subject& subject, const std::string& directory) {
  struct stat root {
  }, other{};
  return ::stat(subject.path("root/").c_str(), &root) == 0 &&
         ::stat(directory.c_str(), &other) == 0 && root.st_dev == other.st_dev &&
         root.st_ino == other.st_ino;
}

// Own is a file system that the host has not mounted, but as an overlay that is the container's root:
// runtimes put the layers together in the host's namespace.
bool is_own(const Subject& host, const Subject& container, const Mount& hosts_root,
            const Mount& its_root) {
  const std::vector<Mount> hosts = parse_mountinfo(host.read("mountinfo").value_or(""));
  return its_root.device != hosts_root.device &&
         std::none_of(hosts.begin(), hosts.end(), [&](const Mount& mount) {
           const bool put_together =
               mount.type == "overlay" && is_root_of(container, host.path("root" + mount.target));
           return mount.device == its_root.device && !put_together;
         });
}

}  // namespace

Section compare_file_systems(const Subject& host, const Subject& container) {
  const std::optional<Mount> hosts_root = mount_of_root(host), its_root = mount_of_root(container);
  const std::map<std::string, FileSystem> hosts = file_systems(host, hosts_root),
                                          its = file_systems(container, its_root);
  Section section;
  std::set<std::string> targets;
  for (const auto* side : {&hosts, &its}) {
    for (const auto& [target, unused] : *side) targets.insert(target);
  }
  for (const std::string& target : targets) {
    const auto on_host = hosts.find(target), inside = its.find(target);
    const bool both = on_host != hosts.end() && inside != its.end();
    section.rows.push_back({target, on_host == hosts.end() ? Cell() : on_host->second.cell,
                            inside == its.end() ? Cell() : inside->second.cell,
                            both && on_host->second.device == inside->second.device});
  }
  std::optional<bool> own;
  if (hosts_root && its_root)
    own = is_own(host, container, *hosts_root, *its_root);
  else
    section.rows.insert(section.rows.begin(), row("/", unreadable(), unreadable()));
  section.kinds = {{"file-system", own}};
  return section;
}

}  // namespace lab
