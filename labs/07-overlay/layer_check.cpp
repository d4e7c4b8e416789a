#include "layer_check.h"

#include <fmt/core.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#include "error.h"
#include "step.h"
#include "upper_file_system.h"

namespace lab {
namespace fs = std::filesystem;
namespace {

// mount(2) reads 4095 bytes of options, and each layer's name in them takes up to 18.
constexpr size_t kMostLayers = 200;

void require_directory(const std::string& option, const fs::path& path,
                       const std::string& if_missing) {
  struct stat status {};
  int error = ::stat(path.c_str(), &status) == -1 ? errno : 0;
  if (error == 0 && !S_ISDIR(status.st_mode)) error = ENOTDIR;
  if (error == 0) return;
  throw Error(fmt::format("{} {}: {}", option, quoted(path), std::strerror(error)),
              error == ENOENT    ? if_missing
              : error == ENOTDIR ? "a layer is a directory"
                                 : "");
}

void require_fit_for_changes(const fs::path& upper) {
  if (const std::string type = unfit_as_upper(upper); !type.empty()) {
    throw Error(
        fmt::format("--upper {} lies on {}", quoted(upper), type),
        "overlayfs cannot keep changes there; take a directory on ext4, xfs, btrfs or tmpfs");
  }
  struct statvfs status {};
  if (::statvfs(upper.c_str(), &status) == 0 && (status.f_flag & ST_RDONLY) != 0) {
    throw Error(fmt::format("--upper {} lies on a read-only file system", quoted(upper)),
                "the changes must be written there; with --skip the host's disk is read-only: take "
                "a directory on a tmpfs, such as /dev/shm");
  }
}

struct Layer {
  fs::path given, real;  // real: without symbolic links
};

Layer layer(const fs::path& path) {
  return {path, fs::weakly_canonical(path)};
}

bool inside(const fs::path& inner, const fs::path& outer) {
  return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

void refuse_overlap(const Layer& a, const Layer& b) {
  if (a.real == b.real) {
    throw Error(
        fmt::format("the layers {} and {} are one directory", quoted(a.given), quoted(b.given)),
        "a directory can be a layer once");
  }
  const bool a_inside = inside(a.real, b.real);
  if (!a_inside && !inside(b.real, a.real)) return;
  throw Error(
      fmt::format("the layer {} lies inside the layer {}", quoted(a_inside ? a.given : b.given),
                  quoted(a_inside ? b.given : a.given)),
      "a layer may not be seen twice: take directories that lie side by side");
}

}  // namespace

void check_layers(const fs::path& image, const std::vector<fs::path>& lower,
                  const fs::path& upper) {
  if (listing() || (lower.empty() && upper.empty())) return;
  std::vector<Layer> layers{layer(image)};
  for (const fs::path& directory : lower) {
    require_directory("--lower", directory, "a layer must be there beforehand; is it misspelt?");
    layers.push_back(layer(directory));
  }
  if (layers.size() > kMostLayers) {
    throw Error(fmt::format("{} layers are too many", layers.size()),
                fmt::format("{} are the most: copy several directories into one", kMostLayers));
  }
  if (!upper.empty()) {
    require_directory("--upper", upper,
                      fmt::format("it must be there beforehand: mkdir {}", quoted(upper)));
    require_fit_for_changes(upper);
    // What lies beside them in the directory of --upper is not seen by overlayfs.
    for (const char* made : {"upper", "work"}) {
      if (fs::exists(fs::symlink_status(upper / made)))
        require_directory("--upper", upper / made, "it is a symbolic link that leads nowhere");
      layers.push_back(layer(upper / made));
    }
  }
  for (size_t a = 0; a < layers.size(); ++a) {
    for (size_t b = 0; b < a; ++b) refuse_overlap(layers[a], layers[b]);
  }
}

}  // namespace lab
