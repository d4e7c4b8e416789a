// The root directory: where each path that begins with / begins.

#include <fmt/core.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <filesystem>

#include "sections.h"

namespace lab {
namespace {

// A directory is known by its file system's device and its number there: "8:1 inode 2".
std::optional<std::string> identity_of(const std::string& directory) {
  struct stat status {};
  if (::stat(directory.c_str(), &status) == -1) return std::nullopt;
  return fmt::format("{}:{} inode {}", major(status.st_dev), minor(status.st_dev), status.st_ino);
}

std::optional<std::string> root_of(const Subject& subject) {
  return identity_of(subject.path("root/"));
}

// Where setns(2) leads who joins the mount namespace: to its root, whatever root its processes have.
std::optional<std::string> root_of_mount_namespace(const Subject& subject) {
  return subject.within(namespace_kind("mnt"), [] { return identity_of("/").value_or(""); });
}

Cell entries_of(const Subject& subject) {
  std::error_code unreadable_directory;
  std::vector<std::string> names;
  for (const auto& entry :
       std::filesystem::directory_iterator(subject.path("root/"), unreadable_directory))
    names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return unreadable_directory ? unreadable() : cell(names);
}

Cell text_or_unreadable(const std::optional<std::string>& text) {
  return text ? cell(*text) : unreadable();
}

}  // namespace

Section compare_roots(const Subject& host, const Subject& container) {
  const std::optional<std::string> hosts_root = root_of(host), its_root = root_of(container),
                                   top_of_host = root_of_mount_namespace(host),
                                   top = root_of_mount_namespace(container);
  Section section;
  section.rows = {
      row("/", text_or_unreadable(hosts_root), text_or_unreadable(its_root)),
      row("entries", entries_of(host), entries_of(container)),
      row("top of its mounts", text_or_unreadable(top_of_host), text_or_unreadable(top)),
  };
  std::optional<bool> another, no_way_up;
  if (hosts_root && its_root) another = *hosts_root != *its_root;
  if (another && top) no_way_up = *another && *top == *its_root;
  section.kinds = {{"root-directory", another}, {"old-root", no_way_up}};
  return section;
}

}  // namespace lab
