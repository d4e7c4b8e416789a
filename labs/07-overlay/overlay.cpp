#include "overlay.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <cerrno>
#include <string>

#include "error.h"
#include "namespaces.h"
#include "step.h"
#include "sys.h"
#include "unique_fd.h"

namespace lab {
namespace fs = std::filesystem;
namespace {

// Where the scratch file system is mounted. It covers the directory in this mount namespace only,
// and no one looks below it before the old root goes.
constexpr const char* kScratch = "/sys";

UniqueFd open_layer(const fs::path& directory) {
  return sys::open(directory, O_PATH | O_DIRECTORY);
}

// In mount options the comma, the colon and the backslash separate and escape: paths may have them,
// this name of an open directory has none.
std::string name_of(const UniqueFd& directory) {
  return "/proc/self/fd/" + std::to_string(directory.get());
}

// An id that has no place in this process's user namespace (lab 09) is shown as 65534, and cannot be
// given away.
bool is_no_ones(const struct stat& file) {
  constexpr uid_t kNoOne = 65534;
  return !in_initial_user_namespace() && (file.st_uid == kNoOne || file.st_gid == kNoOne);
}

// The merged root has the mode and the owner of the upper directory: let them be the image's.
void make_upper(const std::string& upperdir, const fs::path& image) {
  struct stat root {};
  if (::stat(image.c_str(), &root) == -1) throw SyscallError({"stat", {Arg(image)}}, errno);
  sys::mkdir(upperdir, 0700);
  if (!is_no_ones(root)) sys::chown(upperdir, root.st_uid, root.st_gid);
  sys::chmod(upperdir, root.st_mode & 07777);
}

// `layers` has the lowest first; the option has the topmost first.
std::string lowerdir(const std::vector<UniqueFd>& layers) {
  std::string text = "lowerdir=";
  for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer) {
    if (layer != layers.rbegin()) text += ':';
    text += name_of(*layer);
  }
  return text;
}

// Makes the two directories in `changes` where they are missing.
std::string upperdir(const UniqueFd& changes, const fs::path& image) {
  const std::string upper = name_of(changes) + "/upper", work = name_of(changes) + "/work";
  if (!fs::exists(upper)) make_upper(upper, image);
  if (!fs::exists(work)) sys::mkdir(work, 0700);
  // index=off: the kernel's own lock (on) would outlive the container for a moment, and tie the
  // changes to this very image.
  return "upperdir=" + upper + ",workdir=" + work + ",index=off";
}

// What overlayfs notes on a directory it notes as an attribute of the kind trusted, which takes power
// over the host. In a user namespace (lab 09) it is one of the kind user, since Linux 5.11; Ubuntu's
// kernels before that do without the option.
void mount_overlay(const fs::path& image, const std::string& options) {
  if (in_initial_user_namespace()) {
    sys::mount("overlay", image, "overlay", 0, options);
    return;
  }
  try {
    sys::mount("overlay", image, "overlay", 0, options + ",userxattr");
  } catch (const SyscallError& error) {
    if (error.error() != EINVAL) throw;
    sys::mount("overlay", image, "overlay", 0, options);
  }
}

}  // namespace

void mount_layers(const fs::path& image, const std::vector<fs::path>& lower,
                  const fs::path& upper) {
  std::vector<UniqueFd> layers;
  UniqueFd changes;  // the directory that has upper and work
  step("open-layers", "hold the layers open: a descriptor's name needs no escapes in mount options",
       [&] {
         layers.push_back(open_layer(image));
         for (const fs::path& directory : lower) layers.push_back(open_layer(directory));
         if (!upper.empty()) changes = open_layer(upper);
       });
  if (upper.empty()) {
    step("mount-scratch", "changes go to memory, and end with this mount namespace", [&] {
      sys::mount("tmpfs", kScratch, "tmpfs", 0, "mode=700");
      changes = open_layer(kScratch);
    });
  }
  step("mount-overlay", "all layers as one tree: writes go to the uppermost, the image stays", [&] {
    std::string options = lowerdir(layers);
    if (changes) options += "," + upperdir(changes, image);
    mount_overlay(image, options);
  });
}

}  // namespace lab
