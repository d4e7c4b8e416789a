// Mistake: the four variables are set in the caller's environment, and all of it is passed on.
// fails: no variable of the caller reaches the command

#include <unistd.h>

#include <climits>
#include <cstdlib>

#include "chroot.h"
#include "step.h"

namespace lab {

std::vector<std::string> clean_environment(const std::vector<std::string>& extra) {
  step("clean-env", "what every command gets", [] {
    char hostname[HOST_NAME_MAX + 1] = {};
    ::gethostname(hostname, sizeof hostname - 1);
    ::setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
    ::setenv("HOME", "/root", 1);
    ::setenv("TERM", "linux", 0);
    ::setenv("HOSTNAME", hostname, 1);
  });
  for (const std::string& variable : extra) {
    const size_t equals = variable.find('=');
    ::setenv(variable.substr(0, equals).c_str(), variable.substr(equals + 1).c_str(), 1);
  }
  std::vector<std::string> env;
  for (char** variable = environ; *variable != nullptr; ++variable) env.emplace_back(*variable);
  return env;
}

}  // namespace lab
