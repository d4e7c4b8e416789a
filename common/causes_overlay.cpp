#include "causes_overlay.h"

#include <sys/statvfs.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "causes_look_up.h"
#include "mountinfo.h"
#include "upper_file_system.h"

namespace lab::causes {
namespace {

// Splits where `separator` has no backslash before it. The backslashes stay.
std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts{""};
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == separator) {
      parts.emplace_back();
      continue;
    }
    parts.back() += text[i];
    if (text[i] == '\\' && i + 1 < text.size()) parts.back() += text[++i];
  }
  return parts;
}

std::string without_backslashes(const std::string& text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    result += text[i];
  }
  return result;
}

bool is_overlay(const Call& call) {
  return string_arg(call, 2) == "overlay";
}

// The value of an option, backslashes and all; "" where it is missing, or the mount is no overlay.
std::string overlay_option(const Call& call, const std::string& key) {
  if (!is_overlay(call)) return "";
  for (const std::string& option : split(string_arg(call, 4), ',')) {
    if (option.rfind(key + "=", 0) == 0) return option.substr(key.size() + 1);
  }
  return "";
}

std::string upperdir(const Call& call) {
  return without_backslashes(overlay_option(call, "upperdir"));
}

std::string workdir(const Call& call) {
  return without_backslashes(overlay_option(call, "workdir"));
}

std::vector<std::string> lowerdirs(const Call& call) {
  std::vector<std::string> directories;
  for (const std::string& name : split(overlay_option(call, "lowerdir"), ':')) {
    if (!name.empty()) directories.push_back(without_backslashes(name));
  }
  return directories;
}

std::vector<std::string> overlay_directories(const Call& call) {
  std::vector<std::string> directories = lowerdirs(call);
  for (const std::string& directory : {upperdir(call), workdir(call)}) {
    if (!directory.empty()) directories.push_back(directory);
  }
  return directories;
}

template <class Predicate>
std::string first_quoted(const std::vector<std::string>& paths, Predicate is_cause) {
  const auto found = std::find_if(paths.begin(), paths.end(), is_cause);
  return found == paths.end() ? "" : quoted(*found);
}

bool lies_inside(const std::string& inner, const std::string& outer) {
  return absolute(inner).rfind(absolute(outer) + "/", 0) == 0;
}

}  // namespace

std::string options_cut_off(const Call& call) {
  return yes_if(string_arg(call, 4).size() > 4095);
}

std::string asks_for_overlayfs(const Call& call) {
  return yes_if(string_arg(call, 2) == "overlayfs");
}

std::string overlay_is_unknown(const Call& call) {
  return yes_if(is_overlay(call));
}

std::string overlay_without_lowerdir(const Call& call) {
  return yes_if(is_overlay(call) && lowerdirs(call).empty());
}

std::string overlay_of_one_layer(const Call& call) {
  return yes_if(is_overlay(call) && lowerdirs(call).size() == 1 && upperdir(call).empty());
}

std::string overlay_without_workdir(const Call& call) {
  return yes_if(!upperdir(call).empty() && workdir(call).empty());
}

std::string overlay_workdir_is_upperdir(const Call& call) {
  return yes_if(!upperdir(call).empty() && absolute(upperdir(call)) == absolute(workdir(call)));
}

std::string overlay_workdir_and_upperdir_nested(const Call& call) {
  return yes_if(!upperdir(call).empty() && (lies_inside(workdir(call), upperdir(call)) ||
                                            lies_inside(upperdir(call), workdir(call))));
}

std::string overlay_workdir_on_other_mount(const Call& call) {
  return yes_if(!upperdir(call).empty() &&
                mount_id_of(upperdir(call)) != mount_id_of(workdir(call)));
}

std::string overlay_upperdir_unfit(const Call& call) {
  return upperdir(call).empty() ? "" : unfit_as_upper(upperdir(call));
}

std::string overlay_upperdir_read_only(const Call& call) {
  struct statvfs status {};
  return yes_if(!upperdir(call).empty() && ::statvfs(upperdir(call).c_str(), &status) == 0 &&
                (status.f_flag & ST_RDONLY) != 0);
}

std::string overlay_on_overlay(const Call& call) {
  return first_quoted(lowerdirs(call), [](const std::string& lower) {
    return unfit_as_upper(lower) == "an overlay";
  });
}

std::string overlay_directory_missing(const Call& call) {
  return first_quoted(overlay_directories(call),
                      [](const std::string& directory) { return !exists(directory); });
}

std::string overlay_directory_is_file(const Call& call) {
  return first_quoted(overlay_directories(call), [](const std::string& directory) {
    return exists(directory) && !is_directory(directory);
  });
}

std::string overlay_layers_overlap(const Call& call) {
  const std::vector<std::string> all = overlay_directories(call);
  return first_quoted(all, [&](const std::string& one) {
    return std::any_of(all.begin(), all.end(), [&](const std::string& other) {
      return &one != &other && (absolute(one) == absolute(other) || lies_inside(one, other));
    });
  });
}

std::string overlay_upperdir_in_use(const Call& call) {
  return upperdir(call).empty() ? "" : quoted(upperdir(call));
}

// What is to be made is not there; the directory that it is to be made in tells the mount.
std::string on_overlay_without_upperdir(const Call& call) {
  const std::string made = string_arg(call, call.name == "symlink" ? 1 : 0);
  const std::string directory = std::filesystem::path(made).parent_path();
  const std::vector<Mount> mounts = mounts_of("self");
  const Mount* mount = mount_of_path(mounts, absolute(directory.empty() ? "." : directory));
  return yes_if(mount != nullptr && mount->type == "overlay" &&
                mount->super_options.find("upperdir=") == std::string::npos);
}

}  // namespace lab::causes
