#include "stand_in.h"

#include <fmt/core.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <set>
#include <string>
#include <thread>

#include "mountinfo.h"
#include "sys.h"

namespace lab {
namespace fs = std::filesystem;
namespace {

// Those that must stay as they are: without them the kernel would refuse, or grant more than before.
unsigned long flags_of(const Mount& mount) {
  unsigned long flags = 0;
  if (mount.has_option("nosuid")) flags |= MS_NOSUID;
  if (mount.has_option("nodev")) flags |= MS_NODEV;
  if (mount.has_option("noexec")) flags |= MS_NOEXEC;
  return flags;
}

// The kernel's own views and what lies in memory. Any other file system has files that outlive us.
bool in_memory(const std::string& type) {
  static const std::set<std::string> types{
      "autofs",   "binfmt_misc", "bpf",        "cgroup", "cgroup2", "configfs", "debugfs", "devpts",
      "devtmpfs", "fusectl",     "hugetlbfs",  "mqueue", "nsfs",    "proc",     "pstore",  "ramfs",
      "rootfs",   "rpc_pipefs",  "securityfs", "sysfs",  "tmpfs",   "tracefs"};
  return types.count(type) != 0;
}

// What another mount covers has no path any more, or that of something else.
void make_read_only(const Mount& mount) {
  try {
    sys::mount(nullptr, mount.target, nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY | flags_of(mount));
  } catch (const SyscallError& failure) {
    if (failure.error() != ENOENT && failure.error() != ENOTDIR && failure.error() != EINVAL) throw;
  }
}

// /sys shows the network namespace that it was mounted in. The new one covers the old one, and takes
// over what is mounted below it: the cgroups.
void mount_sys_anew() {
  const std::vector<Mount> mounts = mounts_of("self");
  const Mount* old = mount_of_path(mounts, "/sys");
  if (old == nullptr || old->type != "sysfs") return;
  const fs::path fresh = "/run/sys";
  sys::mkdir(fresh, 0755);
  sys::mount("sysfs", fresh, "sysfs", flags_of(*old));
  for (const Mount& mount : mounts) {
    if (mount.parent != old->id) continue;
    sys::mount(mount.target, fresh / fs::path(mount.target).lexically_relative("/sys"), nullptr,
               MS_MOVE);
  }
  sys::mount(fresh, "/sys", nullptr, MS_MOVE);
  sys::rmdir(fresh);
}

// By the ioctls of old: no netlink here, which is for lab 05 to teach.
void bring_loopback_up() {
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP;
  const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (::ioctl(socket.get(), SIOCSIFFLAGS, &request) == -1)
    throw SyscallError({"ioctl", {socket.get(), Arg::literal("SIOCSIFFLAGS"), "lo"}}, errno);
}

// "" where it has none that tells its name; nothing where the link is gone meanwhile.
std::optional<std::string> driver_of(const char* link) {
  ethtool_drvinfo driver{};
  driver.cmd = ETHTOOL_GDRVINFO;
  ifreq request{};
  std::strncpy(request.ifr_name, link, IFNAMSIZ - 1);
  request.ifr_data = reinterpret_cast<char*>(&driver);
  const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (::ioctl(socket.get(), SIOCETHTOOL, &request) == -1 && errno == ENODEV) return std::nullopt;
  return driver.driver;
}

// What this process finds on its host: `id` tells it from others, `text` is how it is told.
struct Thing {
  std::string id, text;
  bool comes_in_pairs = false;
};

std::vector<Thing> mounts_here() {
  std::vector<Thing> things;
  for (const Mount& mount : mounts_of("self"))
    things.push_back({fmt::format("mount {}", mount.id),
                      fmt::format("{} mounted on {}", mount.type, mount.target)});
  return things;
}

std::vector<Thing> links_here() {
  std::vector<Thing> things;
  struct if_nameindex* links = if_nameindex();
  for (struct if_nameindex* link = links; link != nullptr && link->if_index != 0; ++link) {
    if (const auto driver = driver_of(link->if_name))
      things.push_back({fmt::format("link {}", link->if_index),
                        fmt::format("the network link {}", link->if_name), driver == "veth"});
  }
  if (links != nullptr) if_freenameindex(links);
  return things;
}

std::vector<Thing> lock_files_here() {
  std::vector<Thing> things;
  std::error_code none_there;
  for (fs::recursive_directory_iterator entry("/run/lab", none_there), end;
       !none_there && entry != end; entry.increment(none_there)) {
    const std::string path = entry->path();
    if (!entry->is_directory(none_there)) things.push_back({path, path});
  }
  return things;
}

using Ids = std::set<std::string>;

Ids ids_of(const std::vector<Thing>& things) {
  Ids ids;
  for (const Thing& thing : things) ids.insert(thing.id);
  return ids;
}

std::vector<Thing> added(std::vector<Thing> things, const Ids& before) {
  const auto is_old = [&](const Thing& thing) { return before.count(thing.id) != 0; };
  things.erase(std::remove_if(things.begin(), things.end(), is_old), things.end());
  return things;
}

// One end of a cable is on its way out: the other one is in a namespace whose last process has ended, and which the
// kernel takes away some 20 ms later, or seconds where many end at a time.
bool one_end_is_missing(const std::vector<Thing>& links) {
  const auto comes_in_pairs = [](const Thing& link) { return link.comes_in_pairs; };
  return std::count_if(links.begin(), links.end(), comes_in_pairs) % 2 != 0;
}

std::vector<Thing> links_that_stay(const Ids& before) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  std::vector<Thing> more = added(links_here(), before);
  while (one_end_is_missing(more) && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    more = added(links_here(), before);
  }
  return more;
}

void tell_left(const std::vector<Thing>& things) {
  for (const Thing& thing : things) say(fmt::format("left on the host: {}\n", thing.text));
}

bool same_directory(const struct stat& one, const struct stat& other) {
  return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

struct stat root_directory() {
  struct stat status {};
  ::stat("/", &status);
  return status;
}

}  // namespace

void make_stand_in_host() {
  sys::unshare(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC);
  sys::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE);
  sys::mount("lab-run", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755");
  mount_sys_anew();
  sys::mount(nullptr, "/", nullptr, MS_REC | MS_SHARED);
  bring_loopback_up();
}

void make_disks_read_only(const std::vector<fs::path>& paths, const std::string& spared) {
  const std::vector<Mount> mounts = mounts_of("self");
  std::set<const Mount*> disks;
  for (const Mount& mount : mounts) {
    if (!spared.empty() && lies_below(mount.target, spared)) continue;
    // Of several at one place it is the last that is seen.
    const Mount* seen = mount_of_path(mounts, mount.target);
    if (seen != nullptr && !in_memory(seen->type)) disks.insert(seen);
  }
  for (const fs::path& path : paths) disks.insert(mount_of_path(mounts, fs::canonical(path)));
  for (const Mount* mount : disks) {
    if (mount != nullptr) make_read_only(*mount);
  }
}

void enter_stand_in_host(const fs::path& image) {
  if (std::getenv("LAB_STAND_IN") != nullptr) return;
  make_stand_in_host();
  make_disks_read_only({"/", image});
}

int tell_what_is_left(const std::function<int()>& body) {
  const Ids mounts = ids_of(mounts_here()), links = ids_of(links_here()),
            locks = ids_of(lock_files_here());
  const struct stat root = root_directory();

  const int status = body();

  if (!same_directory(root, root_directory())) {
    say("left on the host: the root of its processes is now the image\n");
    return status;
  }
  tell_left(added(mounts_here(), mounts));
  tell_left(links_that_stay(links));
  tell_left(added(lock_files_here(), locks));
  return status;
}

}  // namespace lab
