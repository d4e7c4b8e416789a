// Mistake: /sys is mounted in the host's network namespace, as if it came before unshare. It shows
// the host's links.
// fails: /sys shows the links of the container only

#include <fcntl.h>

#include "links.h"
#include "mount_namespace.h"
#include "network_namespace.h"
#include "step.h"
#include "sys.h"

namespace lab {
namespace {

UniqueFd host;

}  // namespace

void enter_network_namespace() {
  step("unshare-net", "a network of its own", [] {
    host = sys::open("/proc/self/ns/net", O_RDONLY);
    sys::unshare(CLONE_NEWNET);
  });
  step("lo-up", "a new loopback is down", [] {
    Netlink here;
    set_up(here, get_link(here, "lo").index);
  });
}

void mount_sys() {
  step("mount-sys", "/sys is the host's kernel: read-only", [] {
    const UniqueFd own = sys::open("/proc/self/ns/net", O_RDONLY);
    ::setns(host.get(), CLONE_NEWNET);
    sys::mount("sysfs", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY);
    ::setns(own.get(), CLONE_NEWNET);
  });
}

}  // namespace lab
