// Mistake: the upper directory's own path is put into the options, where a comma ends it.
// fails: layers with blanks and commas and colons and backslashes in their paths work

#include "wrong_layers.h"

namespace lab {

void mount_layers(const std::filesystem::path& image,
                  const std::vector<std::filesystem::path>& lower,
                  const std::filesystem::path& upper) {
  Layers layers;
  layers.upper_by_its_path = true;
  mount_layers_as(layers, image, lower, upper);
}

}  // namespace lab
