// The causes of failed mounts of overlays, mount(source, target, "overlay", flags, data), and of what
// fails on one; as in causes.h.
#pragma once

#include <string>

#include "error.h"

namespace lab::causes {

std::string options_cut_off(const Call& call);
std::string asks_for_overlayfs(const Call& call);
std::string overlay_is_unknown(const Call& call);
std::string overlay_without_lowerdir(const Call& call);
std::string overlay_of_one_layer(const Call& call);
std::string overlay_without_workdir(const Call& call);
std::string overlay_workdir_is_upperdir(const Call& call);
std::string overlay_workdir_and_upperdir_nested(const Call& call);
std::string overlay_workdir_on_other_mount(const Call& call);
std::string overlay_upperdir_unfit(const Call& call);
std::string overlay_upperdir_read_only(const Call& call);
std::string overlay_on_overlay(const Call& call);
std::string overlay_directory_missing(const Call& call);
std::string overlay_directory_is_file(const Call& call);
std::string overlay_layers_overlap(const Call& call);
std::string overlay_upperdir_in_use(const Call& call);
std::string on_overlay_without_upperdir(const Call& call);

}  // namespace lab::causes
