// Lab 09: the image and the other layers, as the container's root owns them.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <vector>

#include "id_maps.h"
#include "kept_changes.h"
#include "unique_fd.h"

namespace lab {

/// The layers once more, in a place that the container's root can reach, whatever directories they
/// lie in. Below them, ids of the disk are ids of the container: a file of root's is its root's.
/// Nothing on disk changes: the kernel moves the ids on the way (idmapped mounts, mount_setattr(2),
/// as layers since Linux 5.19), or it is a copy, in memory. All that is in a mount namespace of the
/// lab's own, and goes with it. Without root the layers are used as they are: their owner is the
/// container's root.
class OwnedLayers {
 public:
  /// The step "mount-apart"; `upper` may be empty. Made before the fork.
  OwnedLayers(const std::filesystem::path& image, const std::vector<std::filesystem::path>& lower,
              const std::filesystem::path& upper);

  OwnedLayers(const OwnedLayers&) = delete;
  OwnedLayers& operator=(const OwnedLayers&) = delete;
  ~OwnedLayers();  ///< back into the mount namespace that this process came from

  /// In this process, once the ids of `process` are mapped: the steps "shift-layers" and, for
  /// `changes`, "give-upper". Errors: SyscallError; Error where other ids have written to it.
  void give_to(pid_t process, const IdMaps& maps, KeptChanges& changes) const;

  const std::filesystem::path& image() const { return image_; }
  const std::vector<std::filesystem::path>& lower() const { return lower_; }
  const std::filesystem::path& upper() const { return upper_; }

  bool as_they_are() const { return as_they_are_; }  ///< without root

  /// In the child: closes its copies of the descriptors.
  void let_go() {
    layers_.clear();
    mounts_before_.reset();
  }

 private:
  struct Layer {
    UniqueFd directory;
    std::filesystem::path place;
  };
  bool as_they_are_;
  UniqueFd mounts_before_;
  std::filesystem::path image_, upper_;
  std::vector<std::filesystem::path> lower_;
  std::vector<Layer> layers_;  // those that are read-only; none without root
};

}  // namespace lab
