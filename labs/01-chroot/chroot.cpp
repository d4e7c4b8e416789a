#include "chroot.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <cstdlib>

#include "error.h"
#include "step.h"
#include "sys.h"

namespace lab {
namespace fs = std::filesystem;
namespace {

std::vector<int> open_descriptors() {
  std::error_code unreadable;
  std::vector<int> descriptors;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc/self/fd", unreadable)) {
    descriptors.push_back(std::stoi(entry.path().filename()));
  }
  if (unreadable) throw Error("/proc/self/fd: " + unreadable.message(), "mount /proc first");
  return descriptors;
}

void refuse_directory(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) == -1 || !S_ISDIR(status.st_mode)) return;
  throw Error("descriptor " + std::to_string(fd) + " is a directory: refused",
              "an open directory leads out of any root; redirect from or to a file");
}

void set_variable(std::vector<std::string>& env, const std::string& variable) {
  const std::string key = variable.substr(0, variable.find('=') + 1);
  const auto same_key = [&](const std::string& other) { return other.rfind(key, 0) == 0; };
  env.erase(std::remove_if(env.begin(), env.end(), same_key), env.end());
  env.push_back(variable);
}

}  // namespace

void close_inherited_descriptors() {
  step("close-fds", "close what the caller left open: a directory among it would lead out", [] {
    for (const int fd : open_descriptors()) {
      if (fd <= STDERR_FILENO) refuse_directory(fd);
      const int flags = ::fcntl(fd, F_GETFD);
      // Inherited means that it survived an execve(2), so it is not close-on-exec; all of ours are.
      const bool inherited = flags != -1 && (flags & FD_CLOEXEC) == 0;
      if (fd > STDERR_FILENO && inherited) sys::close(fd);
    }
  });
}

void change_root(const fs::path& new_root) {
  step("chroot", "from now on a path that begins with / begins in the image",
       [&] { sys::chroot(new_root); });
  // chroot(2) changes where / leads, not where the process stands: it would still stand outside.
  step("chdir", "step into the image too: the working directory is still outside",
       [] { sys::chdir("/"); });
}

std::vector<std::string> clean_environment(const std::vector<std::string>& extra) {
  std::vector<std::string> env;
  for (char** variable = environ; *variable != nullptr; ++variable) env.emplace_back(*variable);

  step("clean-env", "start with a new environment: the caller's is none of the command's business",
       [&] {
         const char* terminal = std::getenv("TERM");
         char hostname[HOST_NAME_MAX + 1] = {};
         ::gethostname(hostname, sizeof hostname - 1);
         env = {
             "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
             "HOME=/root",
             std::string("TERM=") + (terminal == nullptr ? "linux" : terminal),
             std::string("HOSTNAME=") + hostname,
         };
         for (const std::string& variable : env) tell("variable", variable);
       });
  for (const std::string& variable : extra) set_variable(env, variable);
  return env;
}

}  // namespace lab
