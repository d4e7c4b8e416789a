#include "owned_layers.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cstdio>
#include <string>
#include <tuple>

#include "apart.h"
#include "error.h"
#include "shifted_copy.h"
#include "step.h"
#include "sys.h"

namespace lab {
namespace fs = std::filesystem;
namespace {

// What is in it is covered for the lab and its container only, and neither needs it any more.
const fs::path kPlace = "/tmp";

std::string name_of(const UniqueFd& directory) {
  return "/proc/self/fd/" + std::to_string(directory.get());
}

fs::path make_place(const std::string& name) {
  const fs::path place = kPlace / name;
  sys::mkdir(place, 0755);
  return place;
}

bool overlay_takes_idmapped_layers() {
  utsname kernel{};
  unsigned major = 0, minor = 0;
  ::uname(&kernel);
  if (std::sscanf(kernel.release, "%u.%u", &major, &minor) != 2) return false;
  return major > 5 || (major == 5 && minor >= 19);
}

// False where the kernel, or the file system that the layer is on, cannot.
bool try_idmapped(const UniqueFd& layer, const fs::path& place, const UniqueFd& user_namespace) {
  if (!overlay_takes_idmapped_layers()) return false;
  try {
    const UniqueFd tree = sys::open_tree(layer.get());
    sys::idmap_mount(tree.get(), user_namespace.get());
    sys::move_mount(tree.get(), place);
    return true;
  } catch (const SyscallError&) {
    return false;
  }
}

void copy_shifted(const UniqueFd& layer, const fs::path& place, const IdMaps& maps) {
  tell("copied, with shifted ids", place);
  sys::mount("tmpfs", place, "tmpfs", 0, "mode=755");
  shifted_copy(name_of(layer) + "/.", place, maps);
}

}  // namespace

OwnedLayers::OwnedLayers(const fs::path& image, const std::vector<fs::path>& lower,
                         const fs::path& upper)
    : as_they_are_(::geteuid() != 0), image_(image), upper_(upper), lower_(lower) {
  if (as_they_are_) return;
  step("mount-apart", "a mount table for the lab itself: what it prepares never shows on the host",
       [&] {
         mounts_before_ = sys::open("/proc/self/ns/mnt", O_RDONLY);
         sys::unshare(CLONE_NEWNS);
         sys::mount(nullptr, "/", nullptr, MS_REC | MS_SLAVE);
         std::vector<UniqueFd> directories;  // held before /tmp is covered
         directories.push_back(sys::open(image, O_PATH | O_DIRECTORY));
         for (const fs::path& path : lower)
           directories.push_back(sys::open(path, O_PATH | O_DIRECTORY));
         const UniqueFd changes =
             upper.empty() ? UniqueFd() : sys::open(upper, O_PATH | O_DIRECTORY);
         sys::mount("lab-layers", kPlace, "tmpfs", 0, "mode=755");
         image_ = make_place("image");
         for (size_t i = 0; i < lower_.size(); ++i)
           lower_[i] = make_place("lower-" + std::to_string(i + 1));
         for (size_t i = 0; i < directories.size(); ++i)
           layers_.push_back({std::move(directories[i]), i == 0 ? image_ : lower_[i - 1]});
         if (!changes) return;
         upper_ = make_place("changes");
         sys::mount(name_of(changes), upper_, nullptr, MS_BIND);
       });
}

OwnedLayers::~OwnedLayers() {
  // Not where the step "fork-inside" was left out: then this process has no power over it any more.
  if (mounts_before_) std::ignore = ::setns(mounts_before_.get(), CLONE_NEWNS);
}

void OwnedLayers::give_to(pid_t process, const IdMaps& maps, KeptChanges& changes) const {
  if (as_they_are_) return;
  bool shifted = false;
  step("shift-layers", "the image's root is the container's: ids are moved on the way, not on disk",
       [&] {
         shifted = is_apart(process);
         if (!shifted) return;
         const UniqueFd user_namespace =
             sys::open("/proc/" + std::to_string(process) + "/ns/user", O_RDONLY);
         for (const Layer& layer : layers_) {
           if (!try_idmapped(layer.directory, layer.place, user_namespace))
             copy_shifted(layer.directory, layer.place, maps);
         }
       });
  if (!shifted) {
    for (const Layer& layer : layers_)
      sys::mount(name_of(layer.directory), layer.place, nullptr, MS_BIND);
  }
  if (!upper_.empty()) changes.give_to(upper_, maps.root_uid(), maps.root_gid());
}

}  // namespace lab
