// Mistake: mkdir gives the upper directory the image's mode, and the caller's umask takes of it.
// fails: the root has the mode and the owner of the image whatever the umask

#include "wrong_layers.h"

namespace lab {

void mount_layers(const std::filesystem::path& image,
                  const std::vector<std::filesystem::path>& lower,
                  const std::filesystem::path& upper) {
  Layers layers;
  layers.sets_mode_of_root = false;
  mount_layers_as(layers, image, lower, upper);
}

}  // namespace lab
