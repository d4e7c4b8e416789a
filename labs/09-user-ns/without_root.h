// What an ordinary user cannot have, and why not.
#pragma once

#include "container_limits.h"
#include "layer_options.h"
#include "network_options.h"
#include "owned_layers.h"

namespace lab {

/// As another user than root: says on stderr, a line each, what is left out. Error where an option
/// asks for it.
void tell_what_needs_root(const NetworkOptions& network, const Limits& limits);

/// mount_layers() (lab 07). Without root, where the kernel lets only the host's root mount an overlay
/// (before Linux 5.11) and no option asks for one: the image itself becomes the root, told so.
void mount_layers_as_permitted(const OwnedLayers& layers);

}  // namespace lab
