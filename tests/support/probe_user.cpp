// Who the probe is, and what it may.

#include <fcntl.h>
#include <grp.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "probe.h"

namespace probe {
namespace {

std::string two(unsigned long first, unsigned long second) {
  return std::to_string(first) + ":" + std::to_string(second);
}

std::string ids(std::istringstream&) {
  return two(geteuid(), getegid());
}

std::string groups(std::istringstream&) {
  std::array<gid_t, 64> all{};
  const int count = getgroups(static_cast<int>(all.size()), all.data());
  if (count == -1) return outcome(-1);
  std::string text;
  for (int i = 0; i < count; ++i)
    text += (i == 0 ? "" : " ") + std::to_string(all[static_cast<size_t>(i)]);
  return text.empty() ? "none" : text;
}

std::string owner(std::istringstream& words) {
  struct stat status {};
  if (lstat(next_word(words).c_str(), &status) == -1) return outcome(-1);
  return two(status.st_uid, status.st_gid);
}

std::string change_owner(std::istringstream& words) {
  const std::string path = next_word(words);
  const auto uid = static_cast<uid_t>(next_number(words));
  return outcome(lchown(path.c_str(), uid, static_cast<gid_t>(next_number(words))));
}

// Opens, and writes nothing.
std::string open_for_writing(std::istringstream& words) {
  const int fd = open(next_word(words).c_str(), O_WRONLY | O_CLOEXEC);
  if (fd == -1) return outcome(-1);
  close(fd);
  return "ok";
}

// A power over the machine itself, which no namespace gives.
std::string raise_priority(std::istringstream&) {
  return outcome(setpriority(PRIO_PROCESS, 0, -1));
}

std::string set_groups(std::istringstream&) {
  return outcome(setgroups(0, nullptr));
}

}  // namespace

const std::vector<Verb> user_verbs{
    {"ids", ids},        // "UID:GID", effective
    {"groups", groups},  // the supplementary ones
    {"set-groups", set_groups},
    {"owner", owner},         // PATH: "UID:GID"
    {"chown", change_owner},  // PATH UID GID
    {"open-for-writing", open_for_writing},
    {"raise-priority", raise_priority},
};

}  // namespace probe
