// Mistake: lowerdir= has the layers in the order in which they were given: the image is the topmost.
// fails: --lower layers lie on the image and the last one is the topmost

#include "wrong_layers.h"

namespace lab {

void mount_layers(const std::filesystem::path& image,
                  const std::vector<std::filesystem::path>& lower,
                  const std::filesystem::path& upper) {
  Layers layers;
  layers.last_is_topmost = false;
  mount_layers_as(layers, image, lower, upper);
}

}  // namespace lab
