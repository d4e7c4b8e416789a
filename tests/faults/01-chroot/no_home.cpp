// Mistake: the environment is clean, so clean that HOME is missing.
// fails: PATH and HOME and TERM and HOSTNAME are set

#include <unistd.h>

#include <climits>
#include <cstdlib>

#include "chroot.h"
#include "step.h"

namespace lab {

std::vector<std::string> clean_environment(const std::vector<std::string>& extra) {
  std::vector<std::string> env;
  step("clean-env", "what every command gets", [&] {
    const char* terminal = std::getenv("TERM");
    char hostname[HOST_NAME_MAX + 1] = {};
    ::gethostname(hostname, sizeof hostname - 1);
    env = {
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        std::string("TERM=") + (terminal == nullptr ? "linux" : terminal),
        std::string("HOSTNAME=") + hostname,
    };
  });
  env.insert(env.end(), extra.begin(), extra.end());
  return env;
}

}  // namespace lab
