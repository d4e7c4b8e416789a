#include "host.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <net/if.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <sstream>

#include "deadline.h"
#include "mountinfo.h"
#include "procfs.h"
#include "stand_in.h"
#include "sys.h"

namespace check {
namespace fs = std::filesystem;
namespace sys = lab::sys;
namespace {

std::vector<Leftover> all_leftovers;

std::vector<std::string> network_links() {
  std::vector<std::string> names;
  struct if_nameindex* links = if_nameindex();
  for (struct if_nameindex* link = links; link != nullptr && link->if_index != 0; ++link)
    names.emplace_back(link->if_name);
  if (links != nullptr) if_freenameindex(links);
  return names;
}

// Units come and go on a machine under systemd, and are its own affair.
bool is_systemd_unit(const fs::path& directory) {
  const std::string extension = directory.extension();
  return extension == ".service" || extension == ".scope" || extension == ".slice" ||
         extension == ".mount";
}

std::vector<std::string> cgroup_directories() {
  std::vector<std::string> found;
  for (const lab::Mount& mount : lab::mounts_of("self")) {
    if (mount.type != "cgroup" && mount.type != "cgroup2") continue;
    std::error_code gone;
    for (fs::recursive_directory_iterator entry(mount.target, gone), end; !gone && entry != end;
         entry.increment(gone)) {
      if (entry->is_symlink(gone) || !entry->is_directory(gone) || is_systemd_unit(entry->path()))
        continue;
      found.push_back(entry->path());
    }
  }
  return found;
}

// A file's identity and its times of change, which no program can set back; of a directory only
// that it is there.
std::vector<std::string> files_below(const std::string& directory) {
  std::vector<std::string> found;
  std::error_code bad_input;
  if (!fs::is_directory(directory, bad_input)) return found;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(directory)) {
    struct stat status {};
    if (::lstat(entry.path().c_str(), &status) == -1) continue;
    std::string line = fmt::format("{} mode {:o}", entry.path().string(), status.st_mode);
    if (!S_ISDIR(status.st_mode)) {
      line += fmt::format(" inode {} size {} changed {}.{:09}", status.st_ino, status.st_size,
                          status.st_ctim.tv_sec, status.st_ctim.tv_nsec);
    }
    found.push_back(line);
  }
  return found;
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> result;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) result.push_back(line);
  return result;
}

// What is in `now` and not in `before`.
std::vector<std::string> added(std::vector<std::string> before, std::vector<std::string> now) {
  std::sort(before.begin(), before.end());
  std::sort(now.begin(), now.end());
  std::vector<std::string> more;
  std::set_difference(now.begin(), now.end(), before.begin(), before.end(),
                      std::back_inserter(more));
  return more;
}

std::vector<Leftover> differences(const Snapshot& before, const Snapshot& now) {
  std::vector<Leftover> result;
  const auto note = [&](const char* kind, const char* how, const std::vector<std::string>& list) {
    for (const std::string& what : list) result.push_back({kind, how + what});
  };
  note("mount", "new: ", added(before.mounts, now.mounts));
  note("mount", "gone: ", added(now.mounts, before.mounts));
  note("file", "new: ", added(before.files, now.files));
  note("file", "gone: ", added(now.files, before.files));
  // These are the whole machine's: others may take theirs away meanwhile.
  note("link", "new: ", added(before.links, now.links));
  note("cgroup", "new: ", added(before.cgroups, now.cgroups));
  return result;
}

}  // namespace

Host::Host() {
  int ready[2] = {}, hold[2] = {};
  if (::pipe2(ready, O_CLOEXEC) == -1 || ::pipe2(hold, O_CLOEXEC) == -1)
    throw lab::SyscallError({"pipe2", {}}, errno);
  const lab::UniqueFd ready_in(ready[0]);
  lab::UniqueFd ready_out(ready[1]);
  const lab::UniqueFd hold_in(hold[0]);
  hold_.reset(hold[1]);
  holder_ = lab::fork_child([&] {
    hold_
        .reset();  // only the checks keep it open: when they end, however they end, the holder ends
    sys::unshare(CLONE_NEWNS);
    sys::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE);
    lab::make_read_only("/");  // whatever the program does, the machine's disk stays as it is
    sys::mount(nullptr, "/", nullptr, MS_REC | MS_SHARED);
    char byte = 0;
    if (::write(ready_out.get(), &byte, 1) != 1) return EXIT_FAILURE;
    while (::read(hold_in.get(), &byte, 1) == -1 && errno == EINTR) {
    }
    return EXIT_SUCCESS;
  });
  ready_out.reset();
  char byte = 0;
  if (::read(ready_in.get(), &byte, 1) != 1)
    throw std::runtime_error("no host could be made for the lab");
}

void Host::enter() const {
  const fs::path working_directory = fs::current_path();
  const lab::UniqueFd mounts = sys::open("/proc/" + process() + "/ns/mnt", O_RDONLY);
  if (::setns(mounts.get(), CLONE_NEWNS) == -1)
    throw lab::SyscallError({"setns", {mounts.get()}}, errno);
  sys::chdir(working_directory);  // setns(2) moved it to the root
}

std::string Host::mounts() const {
  return lab::read_file("/proc/" + process() + "/mountinfo");
}

Snapshot take_snapshot(const Host& host, const std::string& image) {
  return {lines(host.mounts()), network_links(), cgroup_directories(), files_below(image)};
}

void compare_with(const Snapshot& before, const Host& host, const std::string& image) {
  std::vector<Leftover> found = differences(before, take_snapshot(host, image));
  const bool mounts_differ = std::any_of(found.begin(), found.end(), [](const Leftover& leftover) {
    return leftover.kind == "mount";
  });
  // A mount stays until someone takes it away; the rest may be on its way out.
  if (!found.empty() && !mounts_differ) {
    eventually([&] {
      found = differences(before, take_snapshot(host, image));
      return found.empty();
    });
  }
  for (const Leftover& leftover : found) note_leftover(leftover);
}

void note_leftover(const Leftover& leftover) {
  all_leftovers.push_back(leftover);
}

std::vector<std::string> leftovers(const std::string& kind) {
  std::vector<std::string> found;
  for (const Leftover& leftover : all_leftovers) {
    if (leftover.kind == kind) found.push_back(leftover.what);
  }
  return found;
}

}  // namespace check
