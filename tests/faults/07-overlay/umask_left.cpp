// Mistake: the umask is cleared for mkdir, and the command inherits it so.
// fails: the umask is the caller's

#include "wrong_layers.h"

namespace lab {

void mount_layers(const std::filesystem::path& image,
                  const std::vector<std::filesystem::path>& lower,
                  const std::filesystem::path& upper) {
  Layers layers;
  layers.umask = 0;
  mount_layers_as(layers, image, lower, upper);
}

}  // namespace lab
