// What the probe sees and does in its file systems.

#include <dirent.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "probe.h"

namespace probe {
namespace {

bool is_number(const std::string& name) {
  return name.find_first_not_of("0123456789") == std::string::npos;
}

bool is_no_dot(const std::string& name) {
  return name != "." && name != "..";
}

std::string names(const std::string& directory, bool (*wanted)(const std::string&)) {
  DIR* entries = opendir(directory.c_str());
  if (entries == nullptr) return outcome(-1);
  std::vector<std::string> found;
  while (const dirent* entry = readdir(entries)) {
    if (wanted(entry->d_name)) found.emplace_back(entry->d_name);
  }
  closedir(entries);
  std::sort(found.begin(), found.end());
  std::string text;
  for (const std::string& name : found) text += (text.empty() ? "" : " ") + name;
  return text.empty() ? "none" : text;
}

std::string link_at(std::istringstream& words) {
  char target[4096];
  const ssize_t length = readlink(next_word(words).c_str(), target, sizeof target);
  return length == -1 ? outcome(-1) : std::string(target, static_cast<size_t>(length));
}

std::string read_text(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd == -1) return outcome(-1);
  char text[4096];
  const ssize_t size = read(fd, text, sizeof text);
  std::string seen = size == -1 ? outcome(-1) : std::string(text, static_cast<size_t>(size));
  close(fd);
  return seen;
}

// `text` is written in one call, and nothing but it: where `flags` ask for it, over what was there.
std::string write_text(const std::string& path, int flags, const std::string& text) {
  const int fd = open(path.c_str(), O_WRONLY | O_CLOEXEC | flags, 0644);
  if (fd == -1) return outcome(-1);
  std::string result = text.empty() ? "ok" : outcome(write(fd, text.data(), text.size()));
  close(fd);
  return result;
}

const char* type_of(mode_t mode) {
  if (S_ISREG(mode)) return "file";
  if (S_ISDIR(mode)) return "directory";
  if (S_ISLNK(mode)) return "link";
  if (S_ISCHR(mode)) return "character-device";
  if (S_ISBLK(mode)) return "block-device";
  return S_ISFIFO(mode) ? "fifo" : "socket";
}

std::string describe(const std::string& path) {
  struct stat status {};
  if (lstat(path.c_str(), &status) == -1) return outcome(-1);
  char mode[8];
  std::snprintf(mode, sizeof mode, "%o", status.st_mode & 07777);
  return std::string(type_of(status.st_mode)) + " " + mode + " " + std::to_string(status.st_size);
}

// Opens a new pseudo-terminal and keeps it; the answer is its number.
std::string open_terminal(std::istringstream&) {
  const int master = open("/dev/ptmx", O_RDWR | O_NOCTTY);
  int number = -1;
  if (master == -1 || ioctl(master, TIOCGPTN, &number) == -1) return outcome(-1);
  return std::to_string(number);
}

using Words = std::istringstream;

}  // namespace

const std::vector<Verb> file_verbs{
    {"numbers-in", [](Words& words) { return names(next_word(words), is_number); }},
    {"names-in", [](Words& words) { return names(next_word(words), is_no_dot); }},
    {"readlink", link_at},
    {"read-file", [](Words& words) { return read_text(next_word(words)); }},
    {"setting",  // the first line of a file such as /proc/sys/net/ipv4/ip_forward
     [](Words& words) {
       const std::string text = read_text(next_word(words));
       return text.substr(0, text.find('\n'));
     }},
    {"write-file",  // PATH TEXT
     [](Words& words) {
       const std::string path = next_word(words);
       return write_text(path, O_CREAT | O_TRUNC, rest_of(words));
     }},
    {"append",  // PATH TEXT
     [](Words& words) {
       const std::string path = next_word(words);
       return write_text(path, O_APPEND, rest_of(words));
     }},
    {"make-file", [](Words& words) { return write_text(next_word(words), O_CREAT, ""); }},
    {"unlink", [](Words& words) { return outcome(unlink(next_word(words).c_str())); }},
    {"rename",  // FROM TO
     [](Words& words) {
       const std::string from = next_word(words), to = next_word(words);
       return outcome(rename(from.c_str(), to.c_str()));
     }},
    {"mkdir", [](Words& words) { return outcome(mkdir(next_word(words).c_str(), 0755)); }},
    {"rmdir", [](Words& words) { return outcome(rmdir(next_word(words).c_str())); }},
    {"stat", [](Words& words) { return describe(next_word(words)); }},  // "file 644 SIZE"
    {"mount-tmpfs",                                                     // SOURCE TARGET
     [](Words& words) {
       const std::string source = next_word(words), target = next_word(words);
       return outcome(mount(source.c_str(), target.c_str(), "tmpfs", 0, nullptr));
     }},
    {"open-terminal", open_terminal},
};

}  // namespace probe
