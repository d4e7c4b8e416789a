// A right overlay, but for what a wrong one does otherwise.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <string>

#include "error.h"
#include "overlay.h"
#include "step.h"
#include "sys.h"

namespace lab {

struct Layers {
  bool last_is_topmost = true, closes = true, sets_mode_of_root = true;
  bool upper_by_its_path = false;
  mode_t umask = 022;  ///< set, and never set back, where it is another
};

inline std::string name_of(const UniqueFd& directory) {
  return "/proc/self/fd/" + std::to_string(directory.get());
}

inline UniqueFd open_changes(const std::filesystem::path& upper) {
  if (!upper.empty()) return sys::open(upper, O_PATH | O_DIRECTORY);
  sys::mount("tmpfs", "/sys", "tmpfs", 0, "mode=700");
  return sys::open("/sys", O_PATH | O_DIRECTORY);
}

inline void make_upper(const std::string& changes, const std::filesystem::path& image,
                       const Layers& how) {
  struct stat root {};
  ::stat(image.c_str(), &root);
  if (how.umask != 022) sys::umask(how.umask);
  if (!std::filesystem::exists(changes + "/upper")) {
    sys::mkdir(changes + "/upper", root.st_mode & 07777);
    sys::chown(changes + "/upper", root.st_uid, root.st_gid);
    if (how.sets_mode_of_root) sys::chmod(changes + "/upper", root.st_mode & 07777);
  }
  if (!std::filesystem::exists(changes + "/work")) sys::mkdir(changes + "/work", 0700);
}

inline void mount_layers_as(const Layers& how, const std::filesystem::path& image,
                            const std::vector<std::filesystem::path>& lower,
                            const std::filesystem::path& upper) {
  step("mount-overlay", "the image below, the changes above", [&] {
    static std::vector<UniqueFd> open;  // stays so, where it is not closed
    open.push_back(sys::open(image, O_PATH | O_DIRECTORY));
    for (const auto& layer : lower) open.push_back(sys::open(layer, O_PATH | O_DIRECTORY));
    if (how.last_is_topmost) std::reverse(open.begin(), open.end());
    std::string options;
    for (const UniqueFd& layer : open)
      options += (options.empty() ? "lowerdir=" : ":") + name_of(layer);

    open.push_back(open_changes(upper));
    std::string changes = name_of(open.back());
    make_upper(changes, image, how);
    if (how.upper_by_its_path && !upper.empty()) changes = upper;
    options += ",upperdir=" + changes + "/upper,workdir=" + changes + "/work,index=off";
    sys::mount("overlay", image, "overlay", 0, options);
    if (how.closes) open.clear();
  });
}

}  // namespace lab
